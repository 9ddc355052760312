import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { AtocTail, parseAtoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { concat } from "../../core/protocols/alif_isp/packets/bytes.ts";
import { chainAt } from "../../core/protocols/alif_isp/packets/certificate_chain.ts";
import { encodeFrame, FrameScanner } from "../../core/protocols/alif_isp/packets/frame.ts";
import { SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { TocEntry, TocHead } from "../../core/protocols/alif_isp/packets/toc_table.ts";
import {
  parseCpuStatus,
  parseMramTable,
  parseRevision,
  parseTocInfoEntry,
  readEnquiry,
} from "../../core/protocols/alif_isp/packets/replies.ts";
import { readStoc, stocChecksum, SystemTable } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { parseSystemPackage } from "../../core/protocols/alif_isp/packets/system_package.ts";
import { findDfuInterfaces } from "../../core/protocols/dfu/client/dfu_interface.ts";
import { findFunctionalDescriptor } from "../../core/protocols/dfu/packets/functional_descriptor.ts";
import { parseLayout, sectorsOf } from "../../core/protocols/dfu/packets/layout.ts";
import { StatusRecord } from "../../core/protocols/dfu/packets/status_record.ts";
import { decodePacket } from "../../core/protocols/mboot/packets/command.ts";
import {
  buildFlexspiConfig,
  flexspiConfigAt,
} from "../../core/protocols/mboot/packets/flexspi_config.ts";
import { externalMemoryOf, versionText } from "../../core/protocols/mboot/packets/property.ts";
import { decodeReport, encodeReport } from "../../core/protocols/mboot/packets/report.ts";
import { statusError } from "../../core/protocols/mboot/client/status_error.ts";
import { FrameHead, jpegIn, PixelFormat } from "../../core/protocols/openmv_debug/packets/frame.ts";
import { encodePacket, PacketReader } from "../../core/protocols/openmv_debug/packets/packet.ts";
import { bootDataOf, encodeIvt, ivtAt } from "../../core/protocols/sdp/packets/ivt.ts";
import { habEventOf, habModeOf } from "../../core/protocols/sdp/packets/words.ts";
import {
  alternatesById,
  serialBootStage,
} from "../../core/protocols/serial_boot/packets/alternates.ts";
import { checkExternalLoader } from "../../core/protocols/serial_boot/packets/external_loader.ts";
import { parseFlashLayout } from "../../core/protocols/serial_boot/packets/flash_layout.ts";
import { buildHeaderV1, HeaderV1 } from "../../core/protocols/serial_boot/packets/header_v1.ts";
import {
  buildStm32Image,
  parseHeaderV2,
} from "../../core/protocols/serial_boot/packets/header_v2.ts";
import { checkStm32Image } from "../../core/protocols/serial_boot/packets/image_check.ts";
import {
  encodePhase,
  parsePhase,
  PhaseId,
} from "../../core/protocols/serial_boot/packets/phase.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../../core/transport/usb/descriptors.ts";
import { decodeString } from "../../core/transport/usb/strings.ts";
import { sampleImages as ae3Images } from "../../boards/openmv_ae3/samples.ts";
import { USUAL_LAYOUT } from "../../boards/openmv_n6/recovery_files.ts";
import { SimulatedN6 } from "../../boards/openmv_n6/model.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { imageReaders } from "./image_readers.ts";
import type { Reader } from "./reader.ts";
import { toolReaders } from "./tool_readers.ts";
import { u32 } from "../../core/common/struct.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const content = Uint8Array.from({ length: 600 }, (_, at) => at * 7 ^ at >> 3);

/** Descriptors of a realistic device: the ROM of the N6, which has ten alternate settings. */
const { deviceDescriptor, configurations } = await romOfN6();

async function romOfN6() {
  const clock = new VirtualClock();
  const socket = new VirtualBus().socket("1-1");
  const camera = new SimulatedN6({ clock, socket, condition: "blank" });
  await clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(1_000);
  });
  return socket.attachment!.model;
}

const small = {
  sizes: { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 },
};
const alif = (role: string) => ae3Images(small).get(role)!.bytes;
const named = (bytes: Uint8Array, name: string) => ({ name, bytes });

/** Corrects the checksum of a table of contents, over header and entries. */
function withTocSum(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const tailAt = copy.length - AtocTail.size;
  const tail = AtocTail.tryDecode(copy, tailAt);
  const start = tail ? tail.headerAddress - (SYSTEM_BASE - copy.length) : -1;
  const head = TocHead.tryDecode(copy.subarray(0, tailAt), start);
  if (!tail || !head) return copy;
  const end = start + TocHead.size + head.entryCount * TocEntry.size;
  AtocTail.write(copy, tailAt, { ...tail, checksum: crc32(copy.subarray(start, end)) });
  return copy;
}

function withStocSum(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length < SystemTable.size) return copy;
  u32.write(copy, SystemTable.offsets.checksum, stocChecksum(copy), "checksum");
  return copy;
}

export const readers: readonly Reader[] = [
  {
    name: "USB device descriptor",
    samples: [deviceDescriptor],
    read: (bytes) => void parseDeviceDescriptor(bytes),
  },
  {
    name: "USB configuration and its DFU interfaces",
    samples: configurations,
    read: (bytes) => {
      const one = parseConfiguration(bytes);
      const descriptor = parseDeviceDescriptor(deviceDescriptor)!;
      if (!one) return;
      findDfuInterfaces({
        bus: 1,
        address: 2,
        portPath: "1-1",
        speed: "high",
        descriptor,
        configurations: [one],
      });
    },
  },
  {
    name: "DFU functional descriptor",
    samples: [Uint8Array.of(9, 0x21, 0x0B, 0xFF, 0, 0, 4, 0x1A, 1)],
    read: (bytes) => void findFunctionalDescriptor(bytes),
  },
  {
    name: "string descriptor",
    samples: [Uint8Array.of(6, 3, 0x41, 0, 0x42, 0)],
    read: (bytes) => void decodeString(bytes),
  },
  {
    name: "DFU status",
    samples: [StatusRecord.encode({ bStatus: 0, bwPollTimeout: 5, bState: 2, iString: 0 })],
    read: (bytes) => void StatusRecord.decode(bytes),
  },
  {
    name: "ST memory layout",
    samples: [
      ascii("@Internal Flash   /0x08000000/04*016Kg,01*064Kg,07*128Kg"),
      ascii("@External /0x90000000/4096*4Kg/0xA0000000/1*16Ma"),
    ],
    read: (bytes) => {
      const layout = parseLayout(textOf(bytes));
      for (const address of [0, 0x0800_0000, 0xFFFF_FFFF]) {
        try {
          sectorsOf(layout, address, 0x10_0000, "writable");
        } catch (error) {
          if (!(error instanceof Error && error.name === "UnbrickError")) throw error;
        }
      }
    },
  },
  {
    name: "names of alternate settings",
    samples: [ascii("@FSBL /0x01/1*1Me"), ascii("@virtual /0xF1/1*512Ba")],
    read: (bytes) => {
      const names = new Map(textOf(bytes).split("\n").map((text, at) => [at, text]));
      alternatesById(names);
      serialBootStage(names, textOf(bytes));
    },
  },
  {
    name: "GetPhase",
    samples: [
      encodePhase({ phase: PhaseId.FSBL, address: 0x3418_0000, offset: 0 }),
      encodePhase({ phase: PhaseId.ERROR, address: 0, offset: 0, errorText: "no" }),
    ],
    read: (bytes) => void parsePhase(bytes, 512),
  },
  {
    name: "FlashLayout",
    samples: [ascii(USUAL_LAYOUT)],
    read: (bytes) => void parseFlashLayout(bytes, "layout.tsv"),
  },
  {
    name: "STM32 header and image",
    samples: [
      buildHeaderV1(content),
      buildStm32Image(new Uint8Array(2000), { binaryType: 0x10 }),
    ],
    read: (bytes) => {
      HeaderV1.tryDecode(bytes);
      parseHeaderV2(bytes);
      checkStm32Image(bytes, "image.stm32");
    },
  },
  {
    name: "external loader",
    samples: [new Uint8Array(2000).fill(0x6D)],
    read: (bytes) => checkExternalLoader(bytes, "loader.bin"),
  },
  {
    name: "IVT",
    samples: [encodeIvt({ entry: 0x2000_2401, self: 0x2000_1000, start: 0x2000_0000, length: 99 })],
    read: (bytes) => {
      const ivt = ivtAt(bytes, 0);
      if (ivt) bootDataOf(bytes, 0, ivt);
    },
  },
  {
    name: "FlexSPI configuration block",
    samples: [
      buildFlexspiConfig(
        { flashSize: 0x100_0000, pageSize: 256, sectorSize: 4096, blockSize: 65_536 },
        8,
      ),
    ],
    read: (bytes) => void flexspiConfigAt(bytes),
  },
  {
    name: "words of the RT1062's ROM and its loaders",
    samples: [Uint8Array.of(0x78, 0x56, 0x78, 0x56, 0x33, 0x18, 0xC0, 0x1B, 0, 8, 2, 0x4B)],
    read: (bytes) => {
      const words = Array.from(
        { length: bytes.length >> 2 },
        (_, at) => u32.read(bytes, 4 * at),
      );
      externalMemoryOf(words);
      for (const word of words) [habModeOf, habEventOf, versionText].forEach((read) => read(word));
      for (const word of words) assert.ok(statusError("it", word).message.length > 10);
    },
  },
  {
    name: "HID report of the bootloader",
    samples: [encodeReport(3, Uint8Array.of(0xA0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0))],
    read: (bytes) => {
      const report = decodeReport(bytes);
      if (report) decodePacket(report.payload);
    },
  },
  {
    name: "ISP frames",
    samples: [
      Uint8Array.of(
        ...ascii("boot\r\n"),
        ...encodeFrame(0xFE),
        ...encodeFrame(0xFF, content.slice(0, 9)),
      ),
      // More at once than a reader of one frame ever requests.
      new Uint8Array(200_000).fill(0x41),
    ],
    read: (bytes) => {
      const scanner = new FrameScanner();
      for (let at = 0; at < bytes.length; at += 70_000) {
        scanner.push(bytes.subarray(at, at + 70_000));
        while (scanner.next());
      }
      while (scanner.hasPartial) {
        scanner.giveUpPartial();
        while (scanner.next());
      }
      return scanner.text.length;
    },
  },
  {
    name: "ISP replies",
    samples: [new Uint8Array(0x85).fill(0x42), new Uint8Array(48).fill(1)],
    read: (bytes) => {
      for (const parse of [parseRevision, parseTocInfoEntry, parseMramTable, parseCpuStatus]) {
        try {
          parse(bytes);
        } catch (error) {
          if (!(error instanceof Error && error.name === "UnbrickError")) throw error;
        }
      }
      readEnquiry(bytes);
    },
  },
  {
    name: "ATOC",
    samples: [alif("toc"), alif("toc").slice(0x1100)],
    repaired: withTocSum,
    read: (bytes) => void parseAtoc(bytes, "firmware.toc"),
  },
  {
    name: "certificates",
    samples: [alif("system-ae-sign")],
    read: (bytes) => void chainAt(bytes, 0),
  },
  {
    name: "system package",
    samples: [alif("system-ae")],
    repaired: withStocSum,
    read: (bytes) => {
      readStoc(bytes);
      parseSystemPackage(
        { ...named(bytes, "SP.bin"), sign: named(alif("system-ae-sign"), "SP.bin.sign") },
        { ...named(alif("pointer"), "offset.bin"), sign: named(alif("pointer-sign"), "o.sign") },
      );
    },
  },
  {
    name: "frame of the running firmware",
    samples: [
      concat(
        FrameHead.encode({ width: 1, height: 1, format: PixelFormat.JPEG, size: 99, offset: 32 }),
        new Uint8Array(140),
      ),
    ],
    read: (bytes) => void assert.ok((jpegIn(bytes, 99)?.length ?? 99) === 99),
  },
  {
    name: "debug protocol of the running firmware",
    samples: [
      encodePacket({ opcode: 0x10, payload: content.slice(0, 50) }),
      // A packet that never ends, and a camera that prints in the meantime.
      concat(encodePacket({ opcode: 0, payload: content }).subarray(0, 100), new Uint8Array(9_000)),
    ],
    read: (bytes) => {
      const reader = new PacketReader();
      let made = 0;
      for (let at = 0; at < bytes.length; at += 64) {
        for (const { payload } of reader.push(bytes.subarray(at, at + 64))) made += payload.length;
      }
      assert.ok(made <= bytes.length);
    },
  },
  ...imageReaders,
  ...toolReaders,
];
