import assert from "node:assert/strict";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { ae3 } from "./boards.ts";
import { expectedPart, familyId, recognise, usbIds } from "./recognise.ts";

/** Which devices may be an AE3 (openmv-boards.md 0.1, alif-isp.md A.1). */

const seen = (idVendor: number, idProduct: number) =>
  ({
    usb: { descriptor: { idVendor, idProduct } },
    interfaceNames: new Map(),
  }) as unknown as SeenDevice;

const AE = "AE302F80F55D5AE", LE = "AE302F80F55D5LE";
const known = [
  [0x37C5, 0x16E3, "firmware", undefined],
  [0x37C5, 0x96E3, "bootloader", undefined],
  [0x0403, 0x6015, "rom", AE],
  [0x1A86, 0x55D3, "rom", LE],
] as const;

Deno.test("camera, bootloader and both adapters are recognised; an adapter is only a candidate", () => {
  assert.deepEqual(
    usbIds,
    known.map(([vendorId, productId]) => ({ vendorId, productId })),
  );
  for (const [vendorId, productId, mode, part] of known) {
    const device = seen(vendorId, productId), isAdapter = mode === "rom";
    const { title, ...found } = recognise(device)!;
    assert.deepEqual(found, {
      ...{ familyId, mode, seen: device, boardIds: [ae3.id] },
      ...(isAdapter && { isSerial: true, isCandidate: true }),
    });
    assert.match(String(title), isAdapter ? /perhaps the recovery port/ : /^OpenMV AE3, /);
    assert.equal(expectedPart(device), part);
  }
});

Deno.test("an id of which only one half is known is another device", () => {
  const vendors = known.map(([vendor]) => vendor), products = known.map(([, product]) => product);
  for (const vendor of [...vendors, 0x0483]) {
    for (const product of [...products, 0x6001]) {
      if (known.some((one) => one[0] === vendor && one[1] === product)) continue;
      const device = seen(vendor, product);
      assert.equal(recognise(device), undefined);
      assert.equal(expectedPart(device), undefined);
    }
  }
});

Deno.test("all modes of one camera show the same 24 digits, in either case; its adapter has others", () => {
  const id = "A1C0FFEE5EED0BADCAFE0042";
  const isSame = (other: string) =>
    ae3.isSameUnit!({ id, mode: "bootloader" }, { id: other, mode: "firmware" });
  assert.equal(isSame(id.toLowerCase()), true);
  assert.equal(isSame(id.replace("42", "43")), false);
  assert.equal(isSame("DK0AE3AE"), undefined);
});
