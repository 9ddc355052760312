import { symbols } from "../../../ffi/libusb/symbols.ts";
import { configuration, deviceDescriptor, openFake } from "./fake_libusb.ts";
import { hangingLibrary, namesOf } from "./hanging_library.ts";

/** The port and ids of the connected device. */
export const PORT = "1-1.2";

/**
 * Returns a libusb with one DFU device on its bus, in which any function can be made to hang;
 * undefined if it cannot be built.
 */
export async function hangingLibusb(): Promise<string | undefined> {
  const fake = await openFake("hotplug");
  if (!fake) return undefined;
  const bytes = (name: string, values: Uint8Array) =>
    `static const unsigned char ${name}[] = { ${values.join(", ")} };`;
  return await hangingLibrary(
    fake.file,
    namesOf(symbols),
    `${bytes("device", deviceDescriptor)} ${bytes("configuration", configuration)}
    call("fake_plug")(1, 2, 2, (uintptr_t)device, (uintptr_t)configuration,
      sizeof configuration, 0, 0, 0);`,
  );
}
