import { CodeKey } from "../../core/protocols/alif_isp/model/code_key.ts";
import type { EnclaveState } from "../../core/protocols/alif_isp/model/contract.ts";
import { EnclaveModel } from "../../core/protocols/alif_isp/model/enclave_model.ts";
import {
  MRAM_BASE,
  MRAM_LINE,
  MRAM_SIZE,
  parts,
} from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { BOOT_ENTRY } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { BootloaderHeader, bootloaderHeaderOffset } from "../../core/image/inspect.ts";
import { isResetVectorIn } from "../../core/image/vector_check.ts";
import {
  RunningFirmwareModel,
  simulatedVersion,
} from "../../core/openmv_bootloader/firmware_model.ts";
import { OpenMvBootloaderModel } from "../../core/openmv_bootloader/model.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { SerialLine } from "../../core/transport/serial/line.ts";
import { trapsOf } from "../../core/common/traps.ts";
import type { UsbDeviceModel } from "../../core/transport/usb/model.ts";
import { PoweredCamera } from "../../core/transport/usb/powered_camera.ts";
import { serialOfUnit } from "../../core/transport/usb/unit_serial.ts";
import {
  ae3,
  ARCHITECTURE,
  BOOTLOADER_PRODUCT_ID,
  FIRMWARE_PRODUCT_ID,
  OSPI_ERASE_MS,
  OSPI_PAGE,
  OSPI_PAGE_MS,
  OSPI_SECTOR,
  OSPI_SIZE,
  partitions,
  recoveryPartition,
} from "./boards.ts";
import { BridgeModel, bridgeWithPort } from "./bridge.ts";
import { fillMemories } from "./condition.ts";
import { factorySystem } from "./factory_system.ts";
import { MemoryChipModel } from "./memory_chip.ts";
import { type Ae3Traps, ae3Traps } from "./traps.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { descriptorOfVersion } from "../../core/openmv_bootloader/identity.ts";

/** Milliseconds from power until a device appears on the bus (inferred). */
export const APPEARS_MS = 150;
/**
 * First 12 bytes of the manufacturing data: the serial of chip and bootloader (alif-isp.md 0.10).
 */
const SERIAL = "A1C0FFEE5EED0BADCAFE0042";

/**
 * Simulates a camera: enclave, bootloader and firmware over one MRAM, and the switch that decides
 * whether the USB socket is that of the camera or of its serial adapter. What memory contains
 * decides what runs.
 */
export class SimulatedAe3 extends PoweredCamera implements SimulatedBoard {
  readonly board = ae3;
  readonly mram = new FlashMemory({
    base: MRAM_BASE,
    sectors: [{ count: 1, size: MRAM_SIZE }],
    rule: "overwrite",
    unit: MRAM_LINE,
    // Inferred: the contents of a part that was never written.
    untouched: 0,
  });
  readonly ospi = new FlashMemory({
    base: 0,
    sectors: [{ count: OSPI_SIZE / OSPI_SECTOR, size: OSPI_SECTOR, eraseMs: OSPI_ERASE_MS }],
    unit: OSPI_PAGE,
    unitMs: OSPI_PAGE_MS,
  });
  override readonly memories = new Map([["mram", this.mram], ["ospi", this.ospi]]);
  readonly enclave: EnclaveModel;
  readonly line: SerialLine;
  readonly traps: Ae3Traps;
  readonly #options: SimulationOptions;
  readonly #serial: string;
  readonly #memoryChip: MemoryChipModel;
  #isSwitchOn: boolean;
  #forget: number;
  #isBridge = false;
  /** True if the firmware asked for the bootloader at the next start. */
  #isForced = false;

  constructor(options: SimulationOptions) {
    super(options);
    this.#options = options;
    this.#serial = serialOfUnit(SERIAL, options.unit);
    const traps = this.traps = trapsOf(ae3Traps, options.traps);
    this.#isSwitchOn = traps.switchOn;
    this.#forget = traps.switchForgotten;
    this.#memoryChip = new MemoryChipModel(this.ospi, traps.memoryChip);
    const system = factorySystem(options.images ?? options.plannedImages, traps);
    fillMemories(this, options, traps, system);
    const codeKey = new CodeKey();
    system.packages.forEach((one) => codeKey.learn(one));
    const { clock } = options;
    this.line = new SerialLine({ clock, adapterLatencyMs: traps.adapterLatency });
    this.enclave = new EnclaveModel({
      clock,
      line: this.line,
      mram: this.mram,
      part: traps.part === "blank" ? "" : traps.part || this.#bridge.part,
      hbk0: system.root,
      codeKey,
      lifeCycle: traps.lifeCycle,
      serial: this.#serial,
      traps: {
        chatter: traps.chatter,
        mute: traps.mute,
        spinner: traps.spinner,
        noReadBack: traps.noReadBack,
        baudStuck: traps.baudStuck,
        flagIgnored: traps.flagIgnored,
        forgetMs: traps.forget,
        lostLines: traps.lostLine ? [traps.lostLine] : [],
      },
      onStarted: (state) => this.#started(state),
    });
  }

  /** Returns a copy of the first bytes of a partition, by default of all of it. */
  partition(name: string, length?: number): Uint8Array {
    const partition = partitionNamed(partitions, name);
    const memory = this.memories.get(partition.memory)!;
    return memory.read(partition.start, length ?? partitionSize(partition));
  }

  protected override handle(id: HardwareAction["id"]): boolean {
    switch (id) {
      case "switch-on":
        this.#isSwitchOn = true;
        return true;
      case "switch-off":
        if (this.#forget-- <= 0) this.#isSwitchOn = false;
        return true;
      case "press-button":
        this.enclave.reset();
        return true;
      default:
        return false;
    }
  }

  get #bridge() {
    return parts.find(({ part }) => part.endsWith(this.traps.variant))!;
  }

  protected override powerLost(): void {
    this.#isForced = false;
    this.#options.serial?.detach();
    this.enclave.powerOff();
  }

  protected override start(): void {
    if (this.#isSwitchOn) this.later(APPEARS_MS, () => this.#showBridge());
    this.enclave.powerOn();
  }

  /**
   * Continues after the enclave has decided what runs. With the switch off the application owns the
   * USB socket.
   */
  #started(state: EnclaveState): void {
    if (this.#isSwitchOn) return;
    const application = state.kind === "SES" ? state.application : undefined;
    const isStarted = application && "started" in application &&
      application.started.includes(BOOT_ENTRY);
    if (isStarted && this.#startsAt("BOOT")) this.#showBootloader();
    // If no program switches the USB socket, it stays connected to the serial adapter.
    else if (!this.#isBridge) this.#showBridge();
  }

  #showBridge(): void {
    const { vendorId, productId, part } = this.#bridge;
    const identity = part.endsWith("AE")
      ? { vendorId, productId, product: "FT230X Basic UART", serial: "DK0AE3AE" }
      : { vendorId, productId, product: "USB Single Serial", serial: "5A7E0AE3" };
    const { serial } = this.#options;
    this.show(serial ? new BridgeModel(identity) : bridgeWithPort(identity, this.line));
    this.#isBridge = true;
    serial?.attach(identity, this.line);
  }

  #showBootloader(): void {
    const header = BootloaderHeader.tryDecode(this.partition("BOOT"), bootloaderHeaderOffset);
    const bootloader = new OpenMvBootloaderModel({
      clock: this.#options.clock,
      productId: BOOTLOADER_PRODUCT_ID,
      bcdDevice: descriptorOfVersion(header),
      speed: "high",
      serial: this.#serial,
      partitions: [...partitions, recoveryPartition],
      special: this.#memoryChip.partitions(),
      memories: this.memories,
      forced: this.#isForced,
      unreadable: this.traps.unreadable,
      leave: () => {
        this.show(undefined);
        this.later(APPEARS_MS, () => this.#showFirmware());
      },
    });
    this.#isForced = false;
    this.show(bootloader);
    bootloader.start();
  }

  #showFirmware(): void {
    if (!this.#startsAt("HP")) return;
    this.show(
      new RunningFirmwareModel({
        clock: this.#options.clock,
        firmware: {
          ...this.traps,
          version: simulatedVersion(this.#options),
          arch: ARCHITECTURE,
          id: this.#serial.toUpperCase(),
        },
        productId: FIRMWARE_PRODUCT_ID,
        product: `${ae3.name} Virtual Comm Port`,
        serial: this.#serial.toLowerCase(),
        speed: "high",
        reset: (into) => this.#restart(into === "bootloader"),
      }),
    );
  }

  /** Restarts the chip after the firmware resets itself; power and switch stay as they are. */
  #restart(isForced: boolean): void {
    this.#isForced = isForced;
    this.show(undefined);
    this.enclave.reset();
  }

  /** Returns true if a program at the start of the partition can run. */
  #startsAt(name: string): boolean {
    const { start, end } = partitionNamed(partitions, name);
    const table = VectorTable.decode(this.partition(name, 8));
    return isResetVectorIn(table.resetVector, start, end - start);
  }

  protected override show(model: UsbDeviceModel | undefined): void {
    this.#options.serial?.detach();
    this.#isBridge = false;
    super.show(model);
  }
}
