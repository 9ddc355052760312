import { filesBelow } from "../../../tools/checks/tree.ts";

/** A part of the product that is measured by itself. */
export interface Room {
  readonly name: string;
  /** The least share of its mutants that tests must notice, in percent. */
  readonly wanted: number;
  /** What its sources match, as paths below the project's root. */
  readonly sources: RegExp;
  /** How the paths of the tests that are tried begin. */
  readonly tests: readonly string[];
}

/** What works without a device and a system: families, protocols, and whole commands. */
const inMemory = ["core/", "boards/", "tests/"];

/** The first one that a file matches contains it. */
export const rooms: readonly Room[] = [
  {
    name: "core/protocols, models",
    wanted: 90,
    sources: /^core\/protocols\/\w+\/model\//,
    tests: inMemory,
  },
  { name: "core/protocols", wanted: 90, sources: /^core\/protocols\//, tests: inMemory },
  { name: "core/plan", wanted: 90, sources: /^core\/plan\//, tests: inMemory },
  { name: "core/device", wanted: 80, sources: /^core\/device\//, tests: inMemory },
  { name: "core/image", wanted: 80, sources: /^core\/image\//, tests: inMemory },
  {
    name: "core/openmv_bootloader",
    wanted: 90,
    sources: /^core\/openmv_bootloader\//,
    tests: inMemory,
  },
  {
    name: "boards, models",
    wanted: 90,
    sources: /^boards\/\w+\/(\w*model|camera|memory_chip|bridge)\.ts$/,
    tests: inMemory,
  },
  { name: "boards", wanted: 90, sources: /^boards\//, tests: inMemory },
  { name: "ffi/libusb", wanted: 80, sources: /^ffi\/libusb\//, tests: ["ffi/"] },
  { name: "ffi/serial", wanted: 80, sources: /^ffi\/serial\//, tests: ["ffi/"] },
  { name: "core/station", wanted: 80, sources: /^core\/station\//, tests: inMemory },
];

/** Tests, samples and pictures: a mutant of these says nothing about the tests of the product. */
const unmeasured = /_test\.ts$|\/samples?(_\w+)?(\.ts$|\/)|\/drawing\.ts$/;

export function roomOf(file: string): Room | undefined {
  return unmeasured.test(file) ? undefined : rooms.find(({ sources }) => sources.test(file));
}

/** Returns the sources that are measured and lie below a folder, or are the file itself. */
export function sourcesBelow(root: URL, folder: string): readonly string[] {
  return filesBelow(root).filter((path) =>
    path.endsWith(".ts") && path.startsWith(folder) && roomOf(path)
  );
}

/**
 * Tests of the sources' text, of tools and of other programs, which start processes and see nothing
 * of a mutant, and campaigns of faults that take a minute and so would never be tried.
 */
const untried = [
  /^core\/cli\/(completion|pages)\//,
  /^tests\/(mutants|support\/usbip)\//,
  /^tests\/trace\/(killed|wireshark)_test/,
  /^tests\/(architecture|build|check_facts|documents|fat_tools|hanging_system|hangup)_test/,
  /^tests\/(json_schema|killed|lint|lock|macos_libraries|native_tools|translations)_test/,
  /^tests\/(typing|workflows)_test/,
  /\/(running_fault|flash_faults)_test/,
];

/** Returns the files of tests below these folders that may notice a mutant. */
export function testsBelow(root: URL, folders: readonly string[]): readonly string[] {
  return filesBelow(root).filter((path) =>
    path.endsWith("_test.ts") && !untried.some((names) => names.test(path)) &&
    folders.some((folder) => path.startsWith(folder))
  );
}
