import type { Clock } from "../../../common/clock.ts";
import type { FlashMemory } from "../../../common/flash_memory.ts";
import type { SerialLine } from "../../../transport/serial/line.ts";
import type { ApplicationBoot } from "./application_boot.ts";
import type { ChipIdentity, SystemBoot } from "./system_boot.ts";

/** Traps and variants of the chip. */
export interface EnclaveTraps {
  /** The application prints continuously while it runs. */
  readonly chatter?: boolean;
  /** The application has put the enclave to sleep: only hard maintenance wakes it. */
  readonly mute?: boolean;
  /** After the boot text, a spinner is printed until the first command. */
  readonly spinner?: boolean;
  /** Lines of MRAM that accept data but do not keep it, by address. */
  readonly lostLines?: readonly number[];
  /** MRAM_READ is refused everywhere. */
  readonly noReadBack?: boolean;
  /** SET_BAUD_RATE is acknowledged but has no effect. */
  readonly baudStuck?: boolean;
  /** SET_MAINTENANCE_FLAG is acknowledged but has no effect. */
  readonly flagIgnored?: boolean;
  /** Milliseconds of silence after which a partial frame is discarded; default 100. */
  readonly forgetMs?: number;
}

export interface EnclaveOptions extends ChipIdentity {
  readonly clock: Clock;
  readonly line: SerialLine;
  readonly mram: FlashMemory;
  /** 0xB400. */
  readonly soc?: number;
  /** First 12 bytes of the manufacturing data: 24 hexadecimal digits. */
  readonly serial: string;
  readonly traps?: EnclaveTraps;
  /** Called after each start with what runs on the processors. */
  onStarted?(state: EnclaveState): void;
}

/** What a chip runs after a start. */
export type EnclaveState =
  | { readonly kind: "SEROM"; readonly error: number }
  | {
    readonly kind: "SES";
    readonly system: Extract<SystemBoot, { bank: number }>;
    /** Undefined in maintenance: no table was read. */
    readonly application?: ApplicationBoot;
  };

/** What the commands of ROM and firmware can do with their chip. */
export interface Enclave {
  readonly options: EnclaveOptions;
  readonly state: EnclaveState | undefined;
  readonly baudRate: number;
  readonly isMaintenance: boolean;
  ack(): void;
  nak(code: number): void;
  data(payload: Uint8Array): void;
  setBaudRate(baudRate: number): void;
  setMaintenanceFlag(): void;
  reset(): void;
}
