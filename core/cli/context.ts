import type { OperatingSystem } from "../common/advice.ts";
import type { Clock } from "../common/clock.ts";
import type { BoardFamily } from "../family/family.ts";
import type { ManifestSet } from "../image/manifest_set.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { Console } from "./terminal/console.ts";
import type { LanguageSources } from "./language/language.ts";
import type { SystemFiles } from "../device/system_files.ts";
import type { Prompts } from "./prompts/terminal_prompts.ts";
import type { Keys } from "./prompts/discard_typeahead.ts";
import type { Words } from "../common/text.ts";

/** A libusb that loads. */
export interface UsbLibrary {
  /** `1.0.30` */
  readonly version: string;
  /** The folder that it is put into to be loaded; undefined: none. */
  readonly folder?: string;
}

/** What main.ts composes: everything the command line needs and may not import itself. */
export interface Context {
  readonly version: string;
  readonly os: OperatingSystem;
  readonly clock: Clock;
  /** Aborts at the first Ctrl-C: the work stops between transfers. */
  readonly signal: AbortSignal;
  readonly families: readonly BoardFamily[];
  readonly prompts: Prompts;
  /** For a plain console; left out: the same. */
  readonly plainPrompts?: Prompts;
  /**
   * Waits until everything that was printed is written, or nothing moved for `stallMs` milliseconds.
   * @returns why part of standard output was lost
   */
  flushOutput?(stallMs: number): Promise<Words | undefined>;
  /** The keys of this terminal; left out: there are none but the answers to questions. */
  openKeys?(): Keys;
  /** What tells the language of the person; left out: English. */
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
  /** The kernel's own files; left out where the system has none that the doctor can read. */
  systemFiles?(): SystemFiles | undefined;
  /** Left out: no serial ports on this system. */
  openSerialBus?(): Promise<SerialBus>;
  /** The images inside the executable; undefined if it was built without. */
  bundledImages(): ManifestSet | undefined;
  /** Where the user's own image sets are kept; undefined or left out: nowhere. */
  dataFolder?(): string | undefined;
  /** Where it was started; left out: the working folder of this process. */
  readonly workingFolder?: string;
  /** The public key, PEM, that was built in and that every image set must be signed with. */
  pinnedKey?(): Uint8Array | undefined;
  /** The console window was opened for this program alone and closes with it: a double click. */
  ownsWindow?(): boolean;
  /** The licences of what is inside the executable; undefined if this is none. */
  licences?(): readonly Licence[] | undefined;
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
