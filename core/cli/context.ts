import type { RunOrigin } from "../plan/report.ts";
import type { OperatingSystem } from "../common/advice.ts";
import type { Clock } from "../common/clock.ts";
import type { BoardFamily, ListedFamily } from "../family/family.ts";
import type { ManifestSet } from "../image/manifest_set.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { Console } from "./terminal/console.ts";
import type { LanguageSources } from "./language/language.ts";
import type { SystemFiles } from "../device/system_files.ts";
import type { Prompts } from "./prompts/terminal_prompts.ts";
import type { Keys } from "./prompts/discard_typeahead.ts";
import type { Words } from "../common/text.ts";
import type { PersonalNames } from "./trace/names.ts";
import type { ReplayHost } from "./trace/replay_host.ts";
import type { RunTrace } from "./trace/run_trace.ts";

/** A libusb library that can be loaded. */
export interface UsbLibrary {
  /** `1.0.30` */
  readonly version: string;
  /** The folder it is copied to for loading; undefined if none. */
  readonly folder?: string;
}

/** Everything that the command line needs but must not import; main.ts provides it. */
export interface Context {
  readonly version: string;
  readonly os: OperatingSystem;
  readonly clock: Clock;
  /** Aborts at the first Ctrl-C: the work stops between transfers. */
  readonly signal: AbortSignal;
  readonly families: readonly ListedFamily[];
  readonly prompts: Prompts;
  /** Prompts for a plain console; if omitted, the same prompts are used. */
  readonly plainPrompts?: Prompts;
  /**
   * Waits until all output is written, or none could be written for `stallMs` milliseconds.
   * @returns why part of standard output was lost
   */
  flushOutput?(stallMs: number): Promise<Words | undefined>;
  /** Opens the keyboard of this terminal; if omitted, keys only answer questions. */
  openKeys?(): Keys;
  /** Returns the sources for the language of the person; if omitted, English is used. */
  languageSources?(): Omit<LanguageSources, "asked">;
  /**
   * @param options.colour false for `--no-color`
   * @param options.plain true for `--plain`
   */
  openConsole(options: { colour: boolean; plain?: boolean }): Console;
  /** @param options.library a libusb to use instead of the built-in one */
  openUsbBus(options: { library?: string }): Promise<UsbBus>;
  /** Loads the libusb that would be used. @throws UnbrickError `not-found`, `driver`, `permission` */
  usbLibrary(options: { library?: string }): Promise<UsbLibrary>;
  /**
   * Returns access to the kernel's files; omitted on systems without files that the doctor can
   * read.
   */
  systemFiles?(): SystemFiles | undefined;
  /** Omitted if this system has no serial ports. */
  openSerialBus?(): Promise<SerialBus>;
  /**
   * Reads what the words of a command line name, so that a disk that does not answer ends the command;
   * if omitted, nothing is tried. @throws UnbrickError `timeout`, `cancelled`
   */
  tryReading?(words: readonly string[]): Promise<void>;
  /** Returns the images inside the executable; undefined if it contains none. */
  bundledImages(): ManifestSet | undefined;
  /** Returns the real images of a release build. */
  realImages?(): ManifestSet | undefined;
  /** Returns the folder for the user's own image sets; undefined or omitted if there is none. */
  dataFolder?(): string | undefined;
  /** The folder where it was started; if omitted, the working folder of this process. */
  readonly workingFolder?: string;
  /** Returns the built-in public key (PEM) that every image set must be signed with. */
  pinnedKey?(): Uint8Array | undefined;
  /**
   * Returns true if the console window was opened only for this program (by a double click) and
   * closes with it.
   */
  ownsWindow?(): boolean;
  /** Returns the licences of the software inside the executable; undefined if this is not one. */
  licences?(): readonly Licence[] | undefined;
  /** Returns the file that UNBRICK_TRACE names: as `--trace FILE`. */
  traceFile?(): string | undefined;
  /** Returns the folder where the last runs are kept; undefined or omitted if none are. */
  runsFolder?(): string | undefined;
  /** Returns where a run happens, for its record; if omitted, the record does not say it. */
  runOrigin?(): Promise<RunOrigin>;
  /** Returns the names of the user, for taking them out of what is sent to somebody. */
  personalNames?(): PersonalNames;
  /** Where everything that happens is traced; undefined if nowhere. */
  readonly trace?: RunTrace;
  /** A recording that answers instead of cameras and people. */
  readonly replay?: ReplayHost;
  /** Loads `--plugin FILE`: a JavaScript module with a family (docs/plugins.md). */
  loadFamily(file: string): Promise<BoardFamily>;
}

/** The licence of something inside the executable. */
export interface Licence {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}
