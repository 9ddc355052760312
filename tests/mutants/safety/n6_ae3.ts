import { type Mutant, mutantsOf } from "./mutant.ts";

/** What breaks a promise of the N6, of the AE3 or of the Arduino boards. */

const n6 = (name: string) => [{ test: "boards/openmv_n6/restore_test.ts", name }];
const loader = (name: string) => [{
  test: "core/protocols/serial_boot/client/open_bootloader_client_test.ts",
  name,
}];
const rom = (name: string) => [{
  test: "core/protocols/serial_boot/client/rom_client_test.ts",
  name,
}];
const ae3 = (name: string) => [{ test: "boards/openmv_ae3/restore_test.ts", name }];
const refused = (name: string) => [{ test: "boards/openmv_ae3/refused_test.ts", name }];
const isp = (name: string) => [{ test: "core/protocols/alif_isp/client/isp_client_test.ts", name }];
const write = (name: string) => [{
  test: "core/protocols/alif_isp/client/write_image_test.ts",
  name,
}];
const order = (name: string) => [{ test: "boards/openmv_ae3/order_test.ts", name }];

const n6Mutants = [
  ...mutantsOf("boards/openmv_n6/restore.ts", [
    {
      id: "n6-not-proven-by-the-bootloader",
      promise: "OpenBootloader's answers prove nothing; the new bootloader reads itself back.",
      old: "      onRead: (read, offset) => onRead(read, FLASH_BASE + offset),\n",
      new: "",
      killers: n6("N6 is restored and flashed"),
    },
    {
      id: "n6-difference-not-told",
      promise: "When the bootloader reads itself back, the result must equal bootloader.bin.",
      old: "    compareParts(found, this.files);\n",
      new: "",
      killers: n6("the old bootloader still starts"),
    },
    {
      id: "n6-too-fast-not-told",
      promise: "If no sector took longer than 20 ms, unbrick says so at once.",
      old: "        if (seemsUnwritten) {",
      new: "        if (false) {",
      killers: n6("; the proof after the replug shows it"),
    },
    {
      id: "n6-old-openbootloader-continued",
      promise: "An OpenBootloader of an earlier run is never continued.",
      old: 'return await context.detected(["rom"])\n          ?',
      new: 'return await context.detected(["rom", "flashloader"])\n          ?',
      killers: n6("OpenBootloader from an earlier run is never continued: the power is"),
    },
  ]),
  ...mutantsOf("boards/openmv_n6/stages.ts", [
    {
      id: "n6-rom-comes-back",
      promise: "If the ROM returns in place of OpenBootloader, the run fails at once.",
      old: 'modes: ["rom", "flashloader"],',
      new: 'modes: ["flashloader"],',
      killers: n6("if the ROM returns instead of OpenBootloader, the run says so at"),
    },
    {
      id: "n6-port-not-reset",
      promise: "A ROM that does not disconnect gets one port reset.",
      old: "    await resetPort(context);\n  }",
      new: "  }",
      killers: n6("a ROM that disconnects only after a port reset gets one"),
    },
  ]),
  ...mutantsOf("boards/openmv_n6/reset_loop.ts", [
    {
      id: "n6-loop-not-parked",
      promise: "Zeros are written before a firmware that cannot start is overwritten.",
      old: "      if (!await mayStart(context)) {",
      new: "        if (false) {",
      killers: [{ test: "boards/openmv_n6/reset_loop_test.ts" }],
    },
  ]),
  ...mutantsOf("core/protocols/serial_boot/client/session.ts", [
    {
      id: "n6-forbidden-alternates",
      promise: "The alternates of fuses and of the secure element can never be selected.",
      old: "if (FORBIDDEN_IDS.includes(id)) {",
      new: "if (false) {",
      killers: loader("dangerous alternates cannot be selected"),
    },
    {
      id: "n6-session-not-afresh",
      promise: "A session with the ROM always begins with an abort.",
      old: "    await client.startAfresh(signal);\n",
      new: "",
      killers: rom("a download that a bus reset ended"),
    },
  ]),
  ...mutantsOf("core/protocols/serial_boot/client/open_bootloader_client.ts", [
    {
      id: "n6-any-address",
      promise: "The address in OpenBootloader's answer must be the intended one.",
      old: "if (record.address !== expected) {",
      new: "if (false) {",
      killers: loader("an address other than the intended one stops the run before the flash"),
    },
    {
      id: "n6-mid-session-continued",
      promise: "In the middle of an earlier session nothing is sent.",
      old: "if (record.phase !== PhaseId.LAYOUT) throw midSession(record);",
      new: "",
      killers: loader("in the middle of an earlier session"),
    },
    {
      id: "n6-not-all-sent",
      promise: "A session that ends without asking for everything is a failure.",
      old: "  checkAllSent(sentPhases, job);\n",
      new: "",
      killers: loader("a layout that the camera refuses"),
    },
  ]),
];

const ae3Mutants = [
  ...mutantsOf("boards/openmv_ae3/mram_step.ts", [
    {
      id: "ae3-no-read-back",
      promise: "Bootloader and table are read back through the enclave.",
      old: 'return await readBack(context, "verified");',
      new: "return undefined;",
      killers: refused("memory that loses a line"),
    },
    {
      id: "ae3-refused-read-is-proof",
      promise: "If memory may not be read, only the new bootloader's own proof counts.",
      old: "if (!isReadRefused(error)) throw error;",
      new: "",
      killers: refused("memory that loses a line"),
    },
  ]),
  ...mutantsOf("boards/openmv_ae3/restore.ts", [
    {
      id: "ae3-table-first",
      promise: "The table of contents is written last.",
      old: "    ...contents.map(mramStep),\n",
      new: "    ...contents.toReversed().map(mramStep),\n",
      killers: order("the table of contents is written last"),
    },
    {
      id: "ae3-table-not-read-by-the-bootloader",
      promise: "The new bootloader reads back itself and the table.",
      old: "        onRead: (read, offset) => onRead(read, start + offset),\n",
      new: "",
      killers: ae3("if memory may not be read, the new bootloader gives the proof"),
    },
    {
      id: "ae3-table-for-another-part",
      promise: "A table for another part is refused when the chip has reported its own.",
      old: "        checkTocPart(this.toc, this.tocName, contact.revision.part);\n",
      new: "",
      killers: refused("a table for another part"),
    },
  ]),
  ...mutantsOf("boards/openmv_ae3/system_steps.ts", [
    {
      id: "ae3-mark-not-set",
      promise: "A mark is written before the first byte of a package.",
      old: "          await markThroughRom(client);\n",
      new: "",
      killers: ae3("a line of the second copy"),
    },
    {
      id: "ae3-mark-not-set-by-firmware",
      promise: "A mark is written before the first byte of a package.",
      old: "          await markThroughFirmware(client, { signal });\n",
      new: "",
      killers: ae3("a package that is incomplete in its second copy is written again,"),
    },
    {
      id: "ae3-mark-ignored",
      promise: "If a run finds the mark, it writes the package again.",
      old: "if (order === 0 && await this.#mayBeIncomplete(context)) return undefined;",
      new: "",
      killers: ae3("a package that is incomplete in its second copy is written again,"),
    },
    {
      id: "ae3-other-version-accepted",
      promise: "The enclave must report the version of the package that was written.",
      old: 'if (enquiry.source !== "SES" || version !== system.version) {',
      new: "if (false) {",
      killers: order("an enclave that starts another version"),
    },
  ]),
  ...mutantsOf("boards/openmv_ae3/connection.ts", [
    {
      id: "ae3-any-chip",
      promise: "A chip of another part, silicon or state is refused.",
      old: "  refuseForeignChip(found);\n",
      new: "",
      killers: refused("a chip of another part"),
    },
    {
      id: "ae3-chip-serial-forgotten",
      promise: "The new bootloader must appear with the serial number that the chip reported.",
      old: '  if (serial) context.remember({ id: serial, mode: "rom" });\n',
      new: "",
      killers: order("a bootloader with another serial number"),
    },
  ]),
  ...mutantsOf("boards/openmv_ae3/enclave.ts", [
    {
      id: "ae3-any-adapter",
      promise: "If several adapters are connected, the one that answers is used.",
      old: "if (isCandidate(info) && await isAnswering(context, info)) answering.push(info);",
      new: "if (isCandidate(info)) answering.push(info);",
      killers: ae3("a cable with the same chip"),
    },
  ]),
  ...mutantsOf("core/protocols/alif_isp/client/recover.ts", [
    {
      id: "ae3-pointer-first",
      promise: "The pointer of a package is written last.",
      old: "      [SYSTEM_BASE, image.bytes],\n      [POINTER_ADDRESS, pointer.bytes],\n",
      new: "      [POINTER_ADDRESS, pointer.bytes],\n      [SYSTEM_BASE, image.bytes],\n",
      killers: order("the pointer of a package"),
    },
  ]),
  ...mutantsOf("core/protocols/alif_isp/client/read_back.ts", [
    {
      id: "ae3-compare-finds-nothing",
      promise: "A read-back that differs is a failure.",
      old: "different = at < 0 ? undefined : address + offset + at;",
      new: "different = undefined;",
      killers: write("data that the memory accepts but does not keep is detected by reading"),
    },
    {
      id: "ae3-replies-left-over",
      promise: "A read-back counts only if no answer is left over.",
      old: "if (tooMany.length === 0) {",
      new: "if (true) {",
      killers: write("lost, late or repeated replies never make a wrong read-back look right"),
    },
  ]),
  ...mutantsOf("core/protocols/alif_isp/client/write_image.ts", [
    {
      id: "ae3-any-range",
      promise: "No byte goes out for a range that may not be written.",
      old: "  checkApplicationRange(address, bytes.length, text`The image`);\n",
      new: "",
      killers: write("nothing is sent for a range that may not be written"),
    },
  ]),
  ...mutantsOf("core/protocols/alif_isp/client/connect.ts", [
    {
      id: "ae3-no-maintenance",
      promise: "Memory is written in maintenance mode, in which no application runs.",
      old: "    if (isMaintenance) return;\n",
      new: "    return;\n",
      killers: isp("maintenance by flag stops"),
    },
  ]),
  ...mutantsOf("boards/openmv_ae3/everspin.ts", [
    {
      id: "ae3-key-without-consent",
      promise: "Nobody sends the key without the consent everspin-reset.",
      old: "    consent: everspinConsent,\n",
      new: "",
      killers: order("nobody sends the Everspin key"),
    },
    {
      id: "ae3-key-not-proven",
      promise: "After the key the memory must read back as blank.",
      old: "    await refuseUnlessBlank(memory, wiped, resetMemoryCommand, { signal });\n",
      new: "",
      killers: order("Everspin memory that is not blank"),
    },
  ]),
];

const arduinoMutants = mutantsOf("boards/arduino/enter.ts", [
  {
    id: "arduino-not-left",
    promise: "At the end the bootloader is told to leave, and the board must be seen running.",
    old: "      await leaveDfu(context, address);\n      try",
    new: "      try",
    killers: [{
      test: "boards/arduino/arduino_test.ts",
      name: "a running board needs no steps by hand, even if its firmware hangs",
    }],
  },
]);

export const n6Ae3: readonly Mutant[] = [...n6Mutants, ...ae3Mutants, ...arduinoMutants];
