import { UnbrickError } from "../../core/common/errors.ts";
import { programFile } from "../../core/common/program_file.ts";
import { text, type Words } from "../../core/common/text.ts";

/** The supported operating systems, as Deno names them. */
export type System = "linux" | "darwin" | "windows";

/** Returns the system that this program runs on. @throws UnbrickError `driver` on any other. */
export function hostSystem(): System {
  const { os } = Deno.build;
  if (os === "linux" || os === "darwin" || os === "windows") return os;
  throw new UnbrickError("driver", text`unbrick does not know the operating system ${os}.`, { os });
}

const fileNames: Record<System, string> = {
  linux: "libusb-1.0.so",
  darwin: "libusb-1.0.dylib",
  windows: "libusb-1.0.dll",
};
const systemNames: Record<System, string> = {
  linux: "linux",
  darwin: "macos",
  windows: "windows",
};

/**
 * Returns the path of a native file under `.cache/native/`, both in the working tree (created by
 * tools/) and inside the executable (included by `--include`).
 */
function place(fileName: string): string {
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  return `.cache/native/${systemNames[hostSystem()]}-${arch}/${fileName}`;
}

/** Returns the URL of a library. @throws UnbrickError `not-found` if it was never built. */
function library(title: Words, fileName: string): URL {
  const file = programFile(place(fileName));
  try {
    Deno.statSync(file);
  } catch (cause) {
    throw new UnbrickError(
      "not-found",
      text`The ${title} ${fileName} is not part of this program, and it was not built in
        ${place(fileName)}.`,
      { library: fileName },
      { cause },
    );
  }
  return file;
}

/**
 * Returns the URL of this program's libusb. @throws UnbrickError `not-found` if it was never built.
 */
export function libusbFile(): URL {
  return library(text`USB library`, fileNames[hostSystem()]);
}

/** Returns the URL of this program's hidapi, on macOS. @throws UnbrickError `not-found` */
export function hidapiFile(): URL {
  return library(text`HID library`, "libhidapi.dylib");
}

/**
 * Returns name, version, SPDX expression and text for each part of the executable; undefined
 * outside one.
 */
export function licences():
  | readonly { name: string; version: string; licence: string; text: string }[]
  | undefined {
  if (!Deno.build.standalone) return undefined;
  const file = programFile(place("licences.json"));
  return JSON.parse(Deno.readTextFileSync(file));
}
