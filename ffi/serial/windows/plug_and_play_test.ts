import assert from "node:assert/strict";
import { fakeCfgmgr32, type FakeNode } from "../../../tests/support/ffi/fake_cfgmgr32.ts";
import { FakeKernel32 } from "../../../tests/support/ffi/fake_kernel32.ts";
import { withLibraries } from "../../../tests/support/ffi/fake_library.ts";
import { openPlugAndPlay, windowsSerial } from "./mod.ts";

/** Classes of interfaces, as they are in memory. */
const COM_PORT = "e0d1e0868980d0119ce408003e301f73",
  HID = "b2551e4d6ff1cf1188cb001111000030",
  USB_HUB = "880e8af10cc3d011881500a0c906bed8";

const camera = "USB\\VID_37C5&PID_1204\\2D003A000B51333835333231";
const rom = "USB\\VID_1FC9&PID_0135\\6&1B2C&0&4";
const hub = "USB\\VID_05E3&PID_0610\\6&ABCD&0&1";
const root = "USB\\ROOT_HUB30\\4&15F8BA2A&0&0";
const pci = "PCIROOT(0)#PCI(1400)#USBROOT(0)";
const port = `${camera.replace("1204", "1204&MI_00")}`;

const tree: readonly FakeNode[] = [
  { instance: "HTREE\\ROOT\\0" },
  { instance: root, parent: "HTREE\\ROOT\\0", interface: USB_HUB, path: "\\\\?\\root" },
  { instance: hub, parent: root, interface: USB_HUB, path: "\\\\?\\hub", locations: [pci] },
  {
    instance: camera,
    parent: hub,
    product: "OpenMV Virtual Comm Port in FS Mode",
    locations: [`${pci}#USB(1)#USB(3)`, "ACPI(_SB_)"],
  },
  { instance: port, parent: camera, interface: COM_PORT, path: "\\\\?\\com", portName: "COM12" },
  { instance: "ACPI\\PNP0501\\0", interface: COM_PORT, path: "\\\\?\\acpi" },
  { instance: rom, parent: root, interface: HID, path: "\\\\?\\hid" },
];

function opened(...given: Parameters<typeof fakeCfgmgr32>) {
  const fake = fakeCfgmgr32(...given);
  const libraries = {
    "cfgmgr32.dll": fake.cfgmgr32,
    "advapi32.dll": fake.advapi32,
    "kernel32.dll": new FakeKernel32(),
  };
  const devices = withLibraries(libraries, () => openPlugAndPlay({ subject: "the serial ports" }));
  const serial = withLibraries(libraries, () => windowsSerial());
  return { ...fake, devices, serial };
}

Deno.test("Windows' devices are read with the real keys and layouts", async () => {
  const { devices, openKeys } = opened(tree, ["COM1", "COM12"]);
  assert.deepEqual(await devices.portNames(), ["COM1", "COM12"]);
  assert.deepEqual(await devices.ports(), [{ path: "COM12", instance: port }]);
  assert.deepEqual(await devices.hidInterfaces(), [{ path: "\\\\?\\hid", instance: rom }]);
  assert.deepEqual(await devices.hubs(), [root, hub]);
  assert.deepEqual(await devices.parents(port), [camera, hub, root, "HTREE\\ROOT\\0"]);
  assert.equal(await devices.product(camera), "OpenMV Virtual Comm Port in FS Mode");
  assert.deepEqual(await devices.locations(camera), [`${pci}#USB(1)#USB(3)`, "ACPI(_SB_)"]);
  assert.equal(openKeys(), 0);
});

Deno.test("what Windows does not have is empty", async () => {
  const { devices, openKeys } = opened([]);
  assert.deepEqual(await devices.portNames(), []);
  assert.deepEqual(await devices.ports(), []);
  assert.deepEqual(await devices.hubs(), []);
  assert.deepEqual(await devices.parents(camera), []);
  assert.equal(await devices.product(camera), undefined);
  assert.deepEqual(await devices.locations(camera), []);
  assert.equal(openKeys(), 0);
});

const failing: Readonly<Record<string, { readonly ports: number; readonly parents: number }>> = {
  CM_Get_Device_Interface_List_SizeW: { ports: 0, parents: 4 },
  CM_Get_Device_Interface_ListW: { ports: 0, parents: 4 },
  CM_Get_Device_Interface_PropertyW: { ports: 0, parents: 4 },
  CM_Locate_DevNodeW: { ports: 0, parents: 0 },
  CM_Open_DevNode_Key: { ports: 0, parents: 4 },
  CM_Get_Parent: { ports: 1, parents: 0 },
  CM_Get_Device_IDW: { ports: 1, parents: 0 },
};

Deno.test("a call of Windows that fails hides only what it would tell", async () => {
  for (const [call, { ports, parents }] of Object.entries(failing)) {
    const { devices, cfgmgr32, openKeys } = opened(tree);
    const real = cfgmgr32.functions[call];
    Object.assign(cfgmgr32.functions, {
      // Its results are there all the same: only the code says that they are not valid.
      [call]: (...given: unknown[]) => real(...given) as number || 0x33,
    });
    assert.equal((await devices.ports()).length, ports, call);
    assert.equal((await devices.parents(port)).length, parents, call);
    assert.equal(openKeys(), call === "CM_Open_DevNode_Key" ? 2 : 0, call);
  }
});

Deno.test("at most 16 devices above a device are read, so that a loop ends", async () => {
  const ring = ["a", "b"].map((instance, at) => ({ instance, parent: "ba"[at] }));
  const { devices } = opened(ring);
  assert.equal((await devices.parents("a")).length, 16);
});

Deno.test("Windows: a list of serial ports, from the calls to the port of each camera", async () => {
  const { serial } = opened(tree, ["COM1", "COM12"]);
  assert.deepEqual(await serial.list(), [
    { path: "COM1" },
    {
      path: "COM12",
      usb: {
        vendorId: 0x37C5,
        productId: 0x1204,
        serial: "2D003A000B51333835333231",
        product: "OpenMV Virtual Comm Port in FS Mode",
        portPath: "1-1.3",
      },
    },
  ]);
});

Deno.test("Windows: a port is opened through the same system", async () => {
  const { serial } = opened([]);
  const limit = { subject: "the serial port COM3" };
  const open = await serial.open("COM3", { baudRate: 9_600 }, limit);
  await open.setSignals({ dtr: true });
  await open.close();
});
