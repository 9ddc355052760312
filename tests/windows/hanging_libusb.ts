import { symbols } from "../../ffi/libusb/symbols.ts";
import { ensureProgram } from "../../tools/apt.ts";
import { recipes } from "../../tools/libusb_recipes.ts";
import { run } from "../../tools/run.ts";
import { namesOf } from "../support/ffi/hanging_library.ts";

/**
 * Compiles a libusb-1.0.dll whose enumeration never ends, as when a hub's driver does not answer
 * (host-systems.md 3.1).
 * @throws MissingProgram without mingw
 */
export async function compileHangingLibusb(output: string): Promise<void> {
  const { compiler, debianPackages } = recipes["windows-x64"]!;
  await ensureProgram(compiler, ...debianPackages);
  const own = ["libusb_init", "libusb_get_version", "libusb_get_device_list"];
  const others = namesOf(symbols).filter((name) => !own.includes(name));
  const source = `${output}.c`;
  await Deno.writeTextFile(
    source,
    `
    #include <stdint.h>
    #include <windows.h>
    #define EXPORT __declspec(dllexport)
    static struct { uint16_t number[4]; const char *rest[2]; } version =
      { { 1, 0, 30, 0 }, { "", "hangs" } };
    EXPORT int libusb_init(void **context) { *context = &version; return 0; }
    EXPORT const void *libusb_get_version(void) { return &version; }
    EXPORT intptr_t libusb_get_device_list(void *context, void **list) { for (;;) Sleep(INFINITE); }
    ${others.map((name) => `EXPORT intptr_t ${name}(void) { return 0; }`).join("\n")}`,
  );
  await run(compiler, ["-O2", "-shared", "-s", "-static-libgcc", "-o", output, source]);
}
