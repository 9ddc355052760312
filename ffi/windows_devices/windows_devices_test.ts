import assert from "node:assert/strict";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { fakeSetupApi } from "../../tests/support/ffi/fake_setup_api.ts";
import { waitingNamesOf } from "../../tests/support/ffi/hanging_library.ts";
import { boundedFunctions } from "../native/bounded.ts";
import { DriverAwareBus } from "./driver_bus.ts";
import { driverProblem } from "./driver_problem.ts";
import { usbDevices } from "./setup_api.ts";
import { setupSymbols } from "./symbols.ts";

const pci = "PCIROOT(0)#PCI(1400)#USBROOT(0)", second = "PCIROOT(0)#PCI(0801)#USBROOT(0)";
const hub = {
  instance: "USB\\ROOT_HUB30\\4&15F8BA2A&0&0",
  service: "USBHUB3",
  locations: [pci],
};
const otherHub = {
  instance: "USB\\ROOT_HUB30\\4&2C1D3E4F&0&0",
  service: "USBHUB3",
  locations: [second],
};
const rom = {
  instance: "USB\\VID_0483&PID_DF11\\3572335A3137",
  problem: 28,
  hardwareIds: ["USB\\VID_0483&PID_DF11&REV_2200", "USB\\VID_0483&PID_DF11"],
  locations: [`${pci}#USB(3)`, "ACPI(_SB_)"],
};
const silent = {
  instance: "USB\\VID_0000&PID_0002\\5&1234&0&4",
  problem: 43,
  hardwareIds: ["USB\\DEVICE_DESCRIPTOR_FAILURE"],
  locations: [`${second}#USB(1)#USB(4)`],
};

/** libusb's list of one device on a port, and what opening it does. */
function libusb(ids: readonly string[], open: () => Promise<UsbDevice>): UsbBus {
  const infos = ids.map((one) => {
    const [portPath, idVendor, idProduct] = one.split(/[ :]/);
    const descriptor = { idVendor: parseInt(idVendor, 16), idProduct: parseInt(idProduct, 16) };
    return { bus: 1, address: 5, portPath, descriptor, configurations: [] };
  });
  return {
    list: async () => infos as unknown as UsbDeviceInfo[],
    changed: async () => false,
    open: (info) => infos.includes(info as never) ? open() : Promise.reject(new Error("stranger")),
    close: async () => {},
  };
}

const refuses = () => Promise.reject(new UnbrickError("driver", "not supported", { code: -12 }));
const opens = () => Promise.resolve({} as UsbDevice);

function busOf(
  windows: Parameters<typeof fakeSetupApi>[0],
  ids: readonly string[] = [],
  open = opens,
) {
  const { api } = fakeSetupApi(windows);
  const hubs = async () => [otherHub.instance, hub.instance.toLowerCase()];
  return new DriverAwareBus(libusb(ids, open), { devices: () => usbDevices(api), hubs });
}

Deno.test("Windows' device tree is read by its layouts, and closed", async () => {
  const { api, opened } = fakeSetupApi([hub, { ...rom, service: "STTub30", provider: "ST" }]);
  const [, device] = await usbDevices(api);
  assert.deepEqual(device, { ...rom, service: "STTub30", provider: "ST" });
  assert.equal(opened(), 0);
  assert.deepEqual(await usbDevices({ ...api, SetupDiGetClassDevsW: async () => null }), []);
  const failed = Deno.UnsafePointer.create(0xffffffffffffffffn);
  assert.deepEqual(await usbDevices({ ...api, SetupDiGetClassDevsW: async () => failed }), []);
});

Deno.test("a camera without a driver, which libusb does not list, is listed; opening it names the problem", async () => {
  const bus = busOf([otherHub, hub, rom]);
  const [found, ...more] = await bus.list();
  assert.deepEqual(more, []);
  assert.equal(found.portPath, "2-3");
  assert.deepEqual([found.descriptor.idVendor, found.descriptor.idProduct], [0x0483, 0xdf11]);
  assert.deepEqual(found.driver, { service: "", problem: 28 });
  await assert.rejects(bus.open(found), (error) => {
    assert.ok(isKind(error, "driver"));
    assert.match((error as Error).message, /^Windows has no driver for .*0483:df11 on port 2-3/);
    assert.deepEqual((error as UnbrickError).data?.problem, 28);
    return true;
  });
});

Deno.test("a device that libusb lists is listed once, with its driver", async () => {
  const winusb = { ...rom, service: "WINUSB", problem: 0, provider: "libwdi" };
  const bus = busOf([otherHub, hub, winusb], ["2-3 0483:df11"]);
  const list = await bus.list();
  assert.deepEqual(list.map(({ driver }) => driver), [
    { service: "WINUSB", problem: 0, provider: "libwdi" },
  ]);
  await bus.open(list[0]);
  // libusb may count the buses in another way: the only device with these ids is the same one.
  const counted = await busOf([otherHub, hub, rom], ["7-3 0483:df11"]).list();
  assert.deepEqual(counted.map(({ portPath }) => portPath), ["7-3"]);
});

Deno.test("of two cameras with the same ids, the one without a driver is found beside the other", async () => {
  const other = { ...rom, instance: `${rom.instance}0`, locations: [`${pci}#USB(4)`] };
  const bus = busOf([otherHub, hub, { ...other, service: "WINUSB", problem: 0 }, rom], [
    "2-4 0483:df11",
  ]);
  const list = await bus.list();
  assert.deepEqual(list.map(({ portPath, driver }) => [portPath, driver?.service]), [
    ["2-4", "WINUSB"],
    ["2-3", ""],
  ]);
});

Deno.test("a driver that unbrick cannot use is named, instead of libusb's refusal", async () => {
  const bound = { ...rom, service: "STTub30", problem: 0 };
  const bus = busOf([hub, bound], ["2-3 0483:df11"], refuses);
  const [device] = await bus.list();
  await assert.rejects(bus.open(device), /Windows uses the driver STTub30 for .* needs WinUSB/);
  const unknown = busOf([hub], ["2-3 0483:df11"], refuses);
  await assert.rejects(unknown.open((await unknown.list())[0]), /not supported/);
});

Deno.test("the ports of devices that failed to enumerate; others with no ids, hubs and parts are no devices", async () => {
  const lost = { instance: "USB\\VID_0000&PID_0001\\1", problem: 43 };
  const fine = { instance: "USB\\VID_0000&PID_0003\\2", problem: 0 };
  const part = { ...rom, instance: "USB\\VID_37C5&PID_1204&MI_00\\7&1&0&0000" };
  const bus = busOf([otherHub, hub, silent, lost, fine, part]);
  assert.deepEqual(await bus.silentPorts(), ["1-1.4", lost.instance]);
  assert.deepEqual(await bus.list(), []);
});

Deno.test("a libusb that hangs: the error names the devices that Windows could not start", async () => {
  const hangs = new UnbrickError("timeout", "libusb hangs.", { call: "libusb_get_device_list" });
  const bus = (...windows: Parameters<typeof fakeSetupApi>[0]) => {
    const { api } = fakeSetupApi([otherHub, hub, rom, ...windows]);
    const fails = () => Promise.reject(hangs);
    const tree = {
      devices: () => usbDevices(api),
      hubs: async () => [otherHub.instance, hub.instance],
    };
    return new DriverAwareBus({ ...libusb([], opens), list: fails, changed: fails }, tree);
  };
  const other = { ...rom, instance: `${rom.instance}0`, locations: [`${pci}#USB(4)`], problem: 10 };
  const options = { timeoutMs: 1, signal: new AbortController().signal };
  for (const look of [(on: UsbBus) => on.list(), (on: UsbBus) => on.changed(options)]) {
    const one = await errorOf(look(bus(silent)), "timeout");
    assert.equal(
      one.message,
      "libusb hangs. Windows could not start the USB device on port 1-1.4.",
    );
    assert.deepEqual(one.data, { call: "libusb_get_device_list", port: "1-1.4" });
    const two = await errorOf(look(bus(silent, other)), "timeout");
    assert.match(two.message, /start the USB devices on the ports 1-1\.4 and 2-4\.$/);
    assert.deepEqual(two.data, hangs.data);
    assert.equal(await errorOf(look(bus()), "timeout"), hangs);
  }
});

Deno.test("whichever call into setupapi hangs, libusb's devices are listed, and it is not asked again", async () => {
  await Promise.all(
    waitingNamesOf(setupSymbols).map(async (call) => {
      const { api } = fakeSetupApi([hub, rom]);
      const hanging = { ...api, [call]: () => new Promise<never>(() => {}) };
      const bounded = boundedFunctions(hanging, { ms: 50 });
      let asked = 0;
      const tree = { devices: () => (asked++, usbDevices(bounded)), hubs: async () => [] };
      const bus = new DriverAwareBus(libusb(["1-1 37c5:1204"], opens), tree);
      assert.equal((await bus.list()).length, 1, call);
      assert.deepEqual(await bus.silentPorts(), [], call);
      assert.equal(asked, 1, call);
    }),
  );
});

Deno.test("every problem has a sentence that names the device and the code", () => {
  for (const problem of [1, 10, 14, 22, 24, 28, 31, 37, 39, 43, 45, 48, 52]) {
    const said = String(driverProblem({ service: "WINUSB", problem }, "the camera"));
    assert.match(
      said,
      new RegExp(`the camera \\(problem code ${problem}\\)\\.|code ${problem} for the camera\\.`),
    );
  }
  assert.match(String(driverProblem({ service: "", problem: 0 }, "it")), /no driver for it\.$/);
  const unnamed = String(driverProblem({ service: "", problem: 52 }, "it"));
  assert.equal(unnamed, "Windows reports problem code 52 for it.");
});
