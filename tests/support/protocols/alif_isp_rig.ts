import { VectorTable } from "../../../core/common/vector_table.ts";
import { FlashMemory } from "../../../core/common/flash_memory.ts";
import { type LineFault, LineFaultInjector } from "../transport/serial_fault_injector.ts";
import { SerialLine } from "../../../core/transport/serial/line.ts";
import { MemorySerialBus } from "../../../core/transport/serial/memory.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { IspClient } from "../../../core/protocols/alif_isp/client/isp_client.ts";
import { DEFAULT_BAUD } from "../../../core/protocols/alif_isp/packets/command.ts";
import {
  MRAM_BASE,
  MRAM_LINE,
  MRAM_SIZE,
  POINTER_ADDRESS,
  SYSTEM_BASE,
  TOC_ADDRESS,
} from "../../../core/protocols/alif_isp/packets/memory_map.ts";
import { CodeKey } from "../../../core/protocols/alif_isp/model/code_key.ts";
import type { EnclaveOptions } from "../../../core/protocols/alif_isp/model/contract.ts";
import { EnclaveModel } from "../../../core/protocols/alif_isp/model/enclave_model.ts";
import {
  type SamplePackage,
  samplePackage,
  type SamplePackageOptions,
} from "../../../core/protocols/alif_isp/model/sample/package.ts";
import { rootHash } from "../../../core/protocols/alif_isp/model/sample/sign.ts";
import { sampleToc } from "../../../core/protocols/alif_isp/model/sample/toc.ts";
import {
  parseSystemPackage,
  type SystemPackage,
} from "../../../core/protocols/alif_isp/packets/system_package.ts";

/** A simulated chip with its serial line and a client. */

export const testPart = "AE302F80F55D5AE";
export const testSerial = "00112233445566778899AABB";

export const testBootloader: Uint8Array = new Uint8Array(5008).map((_, at) => at * 13 + (at >> 8));
VectorTable.write(testBootloader, 0, {
  initialStackPointer: 0x0004_0000,
  resetVector: 0x8000_0101,
});

export const testToc: Uint8Array = sampleToc({
  bootloader: testBootloader,
  hpFirmware: new Uint8Array(64),
  heFirmware: new Uint8Array(64),
});

/** A small package, so that tests are fast. */
export function testPackage(change: Partial<SamplePackageOptions> = {}): SamplePackage {
  return samplePackage({
    part: testPart,
    version: "1.110.0",
    bankSize: 512,
    fill: (bytes, seed) =>
      bytes.forEach((_, at) => bytes[at] = at ^ seed.charCodeAt(at % seed.length)),
    ...change,
  });
}

export function parsedPackage(files: SamplePackage): SystemPackage {
  const named = (bytes: Uint8Array, name: string) => ({ name, bytes });
  return parseSystemPackage(
    { ...named(files.image, "SP.bin"), sign: named(files.imageSign, "SP.bin.sign") },
    { ...named(files.pointer, "offset.bin"), sign: named(files.pointerSign, "offset.bin.sign") },
  );
}

export interface TestChipOptions
  extends Partial<Pick<EnclaveOptions, "traps" | "part" | "hbk0" | "lifeCycle" | "soc">> {
  /** Default: version 1.104.0. Null: no package, so that the ROM answers. */
  readonly system?: SamplePackage | null;
  readonly bootloader?: Uint8Array;
  readonly toc?: Uint8Array;
}

export function testMram(): FlashMemory {
  return new FlashMemory({
    base: MRAM_BASE,
    sectors: [{ count: 1, size: MRAM_SIZE }],
    rule: "overwrite",
    unit: MRAM_LINE,
  });
}

const oldSystem = testPackage({ version: "1.104.0" });

export function testChip(options: TestChipOptions = {}) {
  const clock = new VirtualClock();
  const line = new SerialLine({ clock });
  const mram = testMram();
  const { system = oldSystem, bootloader = testBootloader, toc = testToc } = options;
  if (system) {
    mram.load(SYSTEM_BASE, system.image);
    mram.load(POINTER_ADDRESS, system.pointer);
  }
  mram.load(MRAM_BASE, bootloader);
  mram.load(TOC_ADDRESS, toc);
  const enclave = new EnclaveModel({
    clock,
    line,
    mram,
    part: testPart,
    codeKey: new CodeKey(),
    hbk0: rootHash("production"),
    lifeCycle: 1,
    serial: testSerial,
    ...options,
  });
  const bus = new MemorySerialBus(clock);
  const socket = bus.socket(() => "1-1");
  socket.attach({ vendorId: 0x0403, productId: 0x6015 }, line);
  const stop = new AbortController();
  const printed: string[] = [];
  const connect = async (baudRate = DEFAULT_BAUD) => {
    const port = await bus.open((await bus.list())[0], { baudRate });
    return new IspClient({
      port,
      clock,
      signal: stop.signal,
      baudRate,
      onPrint: (text) => printed.push(text),
    });
  };
  /** Faults in pieces of data, counted from the next one on. */
  const spoil = (...planned: readonly { at: number; fault: LineFault }[]) => {
    const injector = new LineFaultInjector(line, planned);
    line.interpose(injector);
    return injector;
  };
  return { clock, line, mram, enclave, bus, socket, stop, printed, connect, spoil };
}
