import { UnbrickError } from "../../core/errors.ts";

/** The operating systems this room knows, as Deno names them. */
export type System = "linux" | "darwin" | "windows";

/** The system this program runs on. @throws UnbrickError `driver` on any other. */
export function hostSystem(): System {
  const { os } = Deno.build;
  if (os === "linux" || os === "darwin" || os === "windows") return os;
  throw new UnbrickError("driver", `unbrick does not know the operating system ${os}.`, { os });
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
 * The libusb that belongs to this program. It has one place, under `.cache/native/`, both in the
 * working tree (put there by tools/native.ts) and inside the executable (put there by `--include`).
 * @throws UnbrickError `not-found` if it was never built.
 */
export function libusbFile(): URL {
  const system = hostSystem();
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const place = `.cache/native/${systemNames[system]}-${arch}/${fileNames[system]}`;
  const file = new URL(`../../${place}`, import.meta.url);
  try {
    Deno.statSync(file);
  } catch (cause) {
    throw new UnbrickError(
      "not-found",
      `The USB library ${
        fileNames[system]
      } is not part of this program and was not built in ${place}.`,
      { file: place },
      { cause },
    );
  }
  return file;
}
