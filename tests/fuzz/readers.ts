import { type Zippable, zipSync } from "fflate";
import { crc32 } from "node:zlib";
import { parseAtoc } from "../../core/alif_isp/atoc.ts";
import { chainAt } from "../../core/alif_isp/certificate.ts";
import { encodeFrame, FrameScanner } from "../../core/alif_isp/frame.ts";
import {
  isEnquiry,
  parseCpuStatus,
  parseEnquiry,
  parseMramTable,
  parseRevision,
  parseTocInfoEntry,
} from "../../core/alif_isp/replies.ts";
import { parseStocTable, parseSystemPackage } from "../../core/alif_isp/system_package.ts";
import { findDfuInterfaces } from "../../core/dfu/dfu_interface.ts";
import { findFunctionalDescriptor } from "../../core/dfu/functional_descriptor.ts";
import { parseLayout, sectorsOf } from "../../core/dfu/layout.ts";
import { encodeStatusRecord, parseStatusRecord } from "../../core/dfu/status_record.ts";
import { encodeDfuse } from "../../core/image/dfuse_file.ts";
import { appendDfuSuffix, dfuCrc } from "../../core/image/dfu_suffix.ts";
import { encodeIntelHex } from "../../core/image/intel_hex.ts";
import { findDeviceDescriptors } from "../../core/image/inspect.ts";
import { loadImage } from "../../core/image/load.ts";
import { parseManifest } from "../../core/image/manifest.ts";
import { packOf } from "../../core/image/pack.ts";
import { zipFiles } from "../../core/image/zip.ts";
import { decodePacket } from "../../core/mboot/command.ts";
import { buildFlexspiConfig, flexspiConfigAt } from "../../core/mboot/flexspi_config.ts";
import { decodeReport, encodeReport } from "../../core/mboot/report.ts";
import { encodePacket, PacketReader } from "../../core/openmv_debug/packet.ts";
import { bootDataOf, encodeIvt, ivtAt } from "../../core/sdp/ivt.ts";
import { alternatesById, serialBootStage } from "../../core/serial_boot/alternates.ts";
import { checkExternalLoader } from "../../core/serial_boot/external_loader.ts";
import { parseFlashLayout } from "../../core/serial_boot/flash_layout.ts";
import { buildHeaderV1, parseHeaderV1 } from "../../core/serial_boot/header_v1.ts";
import { buildStm32Image, parseHeaderV2 } from "../../core/serial_boot/header_v2.ts";
import { checkStm32Image } from "../../core/serial_boot/image_check.ts";
import { encodePhase, parsePhase, PhaseId } from "../../core/serial_boot/phase.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../../core/usb/descriptors.ts";
import { decodeString } from "../../core/usb/strings.ts";
import { sampleImages as ae3Images } from "../../boards/openmv_ae3/samples.ts";
import { ae3 } from "../../boards/openmv_ae3/boards.ts";
import { USUAL_LAYOUT } from "../../boards/openmv_n6/recovery_files.ts";
import { SimulatedN6 } from "../../boards/openmv_n6/model.ts";
import { VirtualBus } from "../../core/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/virtual_clock.ts";

/** Something that reads bytes it did not write. */
export interface Reader {
  readonly name: string;
  /** Right inputs, from which nearly right ones are made. */
  readonly samples: readonly Uint8Array[];
  /** Makes the check sums of a changed input right again, so that it is read on. */
  readonly repaired?: (bytes: Uint8Array) => Uint8Array;
  /** May throw UnbrickErrors alone. Gives how many bytes it made of them, where that may be many. */
  read(bytes: Uint8Array): number | void;
}

const ascii = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const content = Uint8Array.from({ length: 600 }, (_, at) => at * 7 ^ at >> 3);
const load = (bytes: Uint8Array, name: string) =>
  loadImage(bytes, { role: "firmware", name, source: "fuzz" }).bytes.length;

/** Descriptors of a real-looking device: the ROM of the N6, which has ten alternate settings. */
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

const manifest = ascii(JSON.stringify({
  schema: 1,
  files: [{
    folder: "OPENMV4",
    role: "firmware",
    path: "OPENMV4/firmware.bin",
    address: "0x08040000",
    size: 600,
    sha256: "0".repeat(64),
    version: "5.0.0",
    source: "made up",
    licence: "MIT",
    simulationOnly: true,
  }],
}));

const small = {
  sizes: { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 },
};
const alif = (role: string) => ae3Images(small).get(role)!.bytes;
const named = (bytes: Uint8Array, name: string) => ({ name, bytes });

function zip(bytes: Uint8Array): number {
  const files = zipFiles(bytes, "release.zip");
  let most = 0;
  for (const path of files.paths) {
    try {
      most = Math.max(most, files.read(path).length);
    } catch (error) {
      if (!(error instanceof Error && error.name === "UnbrickError")) throw error;
    }
  }
  const pack = packOf(files);
  pack.boards();
  pack.imagesFor(ae3);
  return most;
}

function withDfuCrc(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 16) return bytes;
  const copy = bytes.slice();
  copy.set([0x55, 0x46, 0x44], copy.length - 8);
  new DataView(copy.buffer).setUint32(copy.length - 4, dfuCrc(copy.subarray(0, -4)), true);
  return copy;
}

function withHexSums(bytes: Uint8Array): Uint8Array {
  return ascii(
    textOf(bytes).split("\n").map((line) => {
      const [, digits] = /^:((?:[0-9A-F]{2})+)[0-9A-F]{2}\r?$/i.exec(line) ?? [];
      if (!digits) return line;
      const sum = Uint8Array.fromHex(digits).reduce((total, byte) => total + byte, 0);
      return `:${digits}${(-sum & 0xFF).toString(16).padStart(2, "0").toUpperCase()}`;
    }).join("\n"),
  );
}

/** The sum of a table of contents, over header and entries. */
function withTocSum(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const tail = copy.length - 16;
  if (tail < 32) return copy;
  const start = view.getUint32(tail + 4, true) - (0x8058_0000 - copy.length);
  if (start < 0 || start + 32 > tail) return copy;
  const end = start + 32 + view.getUint16(start + 10, true) * 32;
  view.setUint32(tail, crc32(copy.subarray(start, end)), true);
  return copy;
}

function withStocSum(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  if (copy.length < 148) return copy;
  new DataView(copy.buffer).setUint32(144, crc32(copy.subarray(0, 144)), true);
  return copy;
}

const target = (elements: { address: number; bytes: Uint8Array }[]) => ({
  bAlternateSetting: 0,
  szTargetName: "ST...",
  elements,
});

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
    samples: [encodeStatusRecord({ bStatus: 0, bwPollTimeout: 5, bState: 2, iString: 0 })],
    read: (bytes) => void parseStatusRecord(bytes),
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
      parseHeaderV1(bytes);
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
      // More at once than a reader of one frame would ever ask for.
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
      if (isEnquiry(bytes)) parseEnquiry(bytes);
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
      parseStocTable(bytes);
      parseSystemPackage(
        { ...named(bytes, "SP.bin"), sign: named(alif("system-ae-sign"), "SP.bin.sign") },
        { ...named(alif("pointer"), "offset.bin"), sign: named(alif("pointer-sign"), "o.sign") },
      );
    },
  },
  {
    name: ".dfu",
    samples: [
      appendDfuSuffix(content, {}),
      encodeDfuse([target([{ address: 0x0800_0000, bytes: content }])], {}),
      encodeDfuse(
        [target([{ address: 0, bytes: content }, { address: 0xFFFF_0000, bytes: content }])],
        {},
      ),
    ],
    repaired: withDfuCrc,
    read: (bytes) => load(bytes, "firmware.dfu"),
  },
  {
    name: "Intel HEX",
    samples: [
      ascii(encodeIntelHex([{ address: 0x0800_0000, bytes: content }])),
      ascii(encodeIntelHex([
        { address: 0, bytes: content },
        { address: 0xFFFF_0000, bytes: content },
      ])),
    ],
    repaired: withHexSums,
    read: (bytes) => load(bytes, "firmware.hex"),
  },
  { name: "raw image", samples: [content], read: (bytes) => load(bytes, "firmware.bin") },
  {
    name: "programs",
    samples: [Uint8Array.of(...content, 0x12, 0x01, 0x00, 0x02)],
    read: (bytes) => void findDeviceDescriptors(bytes),
  },
  {
    name: "manifest",
    samples: [manifest],
    read: (bytes) => void parseManifest(bytes, "manifest.json"),
  },
  {
    name: "zip",
    samples: [
      zipSync({ "OPENMV_AE3/firmware.bin": content, "a/b.bin": content } as Zippable),
      zipSync({ "manifest.json": manifest, "OPENMV4/firmware.bin": content } as Zippable),
      // Sixteen MiB of nothing in a few bytes.
      zipSync({ "big.bin": new Uint8Array(0x100_0000) } as Zippable, { level: 9 }),
    ],
    read: zip,
  },
  {
    name: "debug protocol of the running firmware",
    samples: [encodePacket({ opcode: 0x10, payload: content.slice(0, 50) })],
    read: (bytes) => void new PacketReader().push(bytes),
  },
];
