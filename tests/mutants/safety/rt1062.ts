import { type Mutant, mutantsOf } from "./mutant.ts";

/** What breaks a promise of the RT1062, of SDP or of NXP's bootloader. */

const restore = (name: string) => [{ test: "boards/openmv_rt1062/restore_test.ts", name }];
const order = (name: string) => [{ test: "boards/openmv_rt1062/order_test.ts", name }];
const mboot = (name: string) => [{
  test: "core/protocols/mboot/client/mboot_client_test.ts",
  name,
}];
const mbootWire = (name: string) => [{
  test: "core/protocols/mboot/client/mboot_wire_test.ts",
  name,
}];
const sdpWire = (name: string) => [{
  test: "core/protocols/sdp/client/sdp_wire_test.ts",
  name,
}];
const sdp = (name: string) => [{ test: "core/protocols/sdp/client/sdp_client_test.ts", name }];

export const rt1062: readonly Mutant[] = [
  ...mutantsOf("boards/openmv_rt1062/flash_image.ts", [
    {
      id: "rt1062-no-read-back",
      promise: "FCB, SBL, ROMFS and firmware are read back.",
      old: "    prove: (context) => readBackProof(context, [planned], reading(context)),\n",
      new: "",
      killers: restore("flash through the camera's own bootloader"),
    },
    {
      id: "rt1062-read-back-of-the-file",
      promise: "A proof is of what was read, not of what was written.",
      old: "onRead(await compare(client, piece, target.image), piece.address);",
      new: "onRead(piece.bytes, piece.address);",
      killers: restore("flash through the camera's own bootloader"),
    },
    {
      id: "rt1062-blocks-not-compared",
      promise: "A block that was not kept ends the run before the vector sector is written.",
      old: "        await compare(client, part, image);\n",
      new: "",
      killers: order("a block that is not kept"),
    },
    {
      id: "rt1062-ivt-with-its-sector",
      promise: "A half-written SBL never starts, not even one that is cut off in its last sector.",
      old: "piece.address === lastSector ? firstPageLast(piece) : [piece]",
      new: "[piece]",
      killers: [
        { subject: "openmv-rt1062.bootloader", faults: ["kill-jumper-off"] },
      ],
    },
    {
      id: "rt1062-first-page-before-its-sector-is-read",
      promise: "The page that starts a program is written after everything else was read back.",
      old: "return [{ address: address + PAGE, bytes: bytes.subarray(PAGE) }, first];",
      new: "return [first, { address: address + PAGE, bytes: bytes.subarray(PAGE) }];",
      killers: order("a page of the vector sector that is not kept"),
    },
    {
      id: "rt1062-vector-sector-first",
      promise: "The firmware's vector sector is written last.",
      old: "return last ? [...pieces, last] : pieces;",
      new: "return last ? [last, ...pieces] : pieces;",
      killers: restore("the firmware's vector sector is changed last"),
    },
    {
      id: "rt1062-sbl-not-erased-first",
      promise: "The SBL's first sector is erased before everything else.",
      old: 'if (untilThen === "erase" && lastSector !== undefined) {',
      new: "if (false) {",
      killers: order("over another SBL"),
    },
    {
      id: "rt1062-not-erased",
      promise: "A block that is not blank is erased before it is written.",
      old: "if (!isFilledWith(found, 0xff)) await erase(client, piece);",
      new: "",
      killers: restore("flash through the camera's own bootloader"),
    },
    {
      id: "rt1062-writes-what-is-there",
      promise: "A block that is already correct is not written.",
      old: "    if (rewrite || !holds(found, piece.bytes)) {",
      new: "    if (true) {",
      killers: order("blocks that are there"),
    },
  ]),
  ...mutantsOf("boards/openmv_rt1062/plans.ts", [
    {
      id: "rt1062-sbl-not-marked",
      promise: "A half-written SBL never starts.",
      old:
        "region: text`bootloader`,\n        address,\n        image,\n        lastSector: address,",
      new: "region: text`bootloader`,\n        address,\n        image,",
      killers: order("over another SBL"),
    },
    {
      id: "rt1062-fuse-without-fcb",
      promise: "The FCB is read back once more before the fuse is burnt.",
      old: "    await requireFcb(context, client);\n",
      new: "",
      killers: order("the last look before the fuse"),
    },
    {
      id: "rt1062-fuse-without-sbl",
      promise: "The SBL is read back once more before the fuse is burnt.",
      old: "    await requireEqual(context, client, bootloader);\n",
      new: "",
      killers: order("the last look before the fuse"),
    },
    {
      id: "rt1062-fuse-without-firmware",
      promise: "Everything else is read back once more before the fuse is burnt.",
      old: "if (!isKept) await requireEqual(context, client, target);",
      new: "",
      killers: order("the last look before the fuse"),
    },
    {
      id: "rt1062-bootloader-without-firmware",
      promise: "A bootloader without any firmware is refused.",
      old: "if (!bringsFirmware) await requireFirmware(client);",
      new: "",
      killers: restore("a bootloader without any firmware in the camera or the images is"),
    },
    {
      id: "rt1062-fuses-not-read-first",
      promise: "If a fuse makes a restore impossible, nothing is written.",
      old: "        await readFuses(client);\n        if",
      new: "        if",
      killers: restore("refused before any write"),
    },
    {
      id: "rt1062-fuse-before-the-flash",
      promise: "The fuse is burnt only after the proof.",
      old: "    ...writes.map(({ step }) => step),\n    bootSourceStep(loader, requireProven),",
      new: "    bootSourceStep(loader, async () => {}),\n    ...writes.map(({ step }) => step),",
      killers: [
        ...order("the last look before the fuse"),
        { subject: "openmv-rt1062.restore", faults: ["nothing"] },
      ],
    },
  ]),
  ...mutantsOf("boards/openmv_rt1062/fuse.ts", [
    {
      id: "rt1062-no-last-look",
      promise: "Nothing is burnt before the flash was read back once more.",
      old: "        await requireProven(context, client);\n",
      new: "",
      killers: order("the last look before the fuse"),
    },
    {
      id: "rt1062-fuse-without-consent",
      promise: "The fuse is burnt only with the consent boot-source.",
      old: "    consent: bootSourceConsent,\n",
      new: "",
      killers: restore("without the consent, everything but the fuse is done and proven"),
    },
    {
      id: "rt1062-fuse-burnt-twice",
      promise: "The burn command is sent once.",
      old: "      await client.programOnce(BOOT_WORD, BOOT_SOURCE);\n",
      new:
        "      await client.programOnce(BOOT_WORD, BOOT_SOURCE);\n      await client.programOnce(BOOT_WORD, BOOT_SOURCE);\n",
      killers: [{ subject: "openmv-rt1062.restore", faults: ["unplug"] }],
    },
    {
      id: "rt1062-burns-what-is-burnt",
      promise: "A fuse that is set already is not burnt.",
      old: "      if ((await readFuses(client)).isSet) return;\n",
      new: "",
      killers: order("set meanwhile"),
    },
    {
      id: "rt1062-fuse-result-ignored",
      promise: "The fuse is read to see the result.",
      old: "if (isSet) return fuseProof(word, text`is set`,",
      new: "return fuseProof(word, text`is set`,",
      killers: order("a fuse that the chip accepts"),
    },
    {
      id: "rt1062-other-bits-do-not-matter",
      promise: "A fuse word that is unlike a new camera's is not burnt.",
      old: "  if (word !== 0) {\n",
      new: "  if (false) {\n",
      killers: restore("refused before any write"),
    },
    {
      id: "rt1062-locked-fuse-burnt",
      promise: "A locked fuse word is not burnt.",
      old: "if (lock & BOOT_LOCKED) {",
      new: "if (false) {",
      killers: restore("refused before any write"),
    },
    {
      id: "rt1062-other-fuse",
      promise: "Only BT_FUSE_SEL is ever burnt.",
      old: "const BOOT_SOURCE = 0x10;",
      new: "const BOOT_SOURCE = 0x20;",
      killers: restore("camera is restored at"),
    },
  ]),
  ...mutantsOf("boards/openmv_rt1062/fcb.ts", [
    {
      id: "rt1062-fcb-of-any-flash",
      promise: "The FCB's fields must fit the flash.",
      old:
        "config?.flashSize !== FLASH_SIZE || config.pageSize !== PAGE || config.sectorSize !== SECTOR ||",
      new: "!config ||",
      killers: order("an FCB for another flash"),
    },
    {
      id: "rt1062-fcb-with-something-behind",
      promise: "The rest of the FCB's sector must be blank.",
      old: "if (!isFilledWith(bytes.subarray(FlexspiBlock.size), 0xff)) return undefined;",
      new: "",
      killers: order("an FCB for another flash"),
    },
    {
      id: "rt1062-fcb-not-read-back",
      promise: "The FCB is read back.",
      old:
        "    prove: (context) => context.use(loader, ({ client }) => requireFcb(context, client)),\n",
      new: "",
      killers: restore("camera is restored at"),
    },
  ]),
  ...mutantsOf("boards/openmv_rt1062/loader.ts", [
    {
      id: "rt1062-any-loader-version",
      promise: "The device 15a2:0073 must have the version of this camera.",
      old: "if (client.version !== LOADER_VERSION) {",
      new: "if (false) {",
      killers: order("a loader of another version"),
    },
    {
      id: "rt1062-wrong-loader-used",
      promise: "Property 12 distinguishes flashloader and SBL; the wrong one is refused.",
      old: "if (wanted && role !== wanted) throw otherLoader(role);",
      new: "",
      killers: restore("flash refuses the flashloader in RAM"),
    },
    {
      id: "rt1062-chip-id-not-kept",
      promise: "A loader with another chip id is refused.",
      old: '      if (id) camera.remember({ id, mode: "bootloader" });\n',
      new: "",
      killers: [{ test: "tests/faults/another_camera_test.ts" }],
    },
    {
      id: "rt1062-any-flash",
      promise: "Flash size and sector size must be this camera's.",
      old: "if (sizeKiB === FLASH_SIZE / 1024 && sectorSize === SECTOR) return;",
      new: "return;",
      killers: order("a loader of another version"),
    },
  ]),
  ...mutantsOf("boards/openmv_rt1062/start_camera.ts", [
    {
      id: "rt1062-firmware-not-seen",
      promise: "After a reset the firmware must appear.",
      old: 'context.waitFor({ what, modes: ["firmware"], deadlineMs: START_MS })',
      new: "Promise.resolve()",
      killers: order("never starts"),
    },
    {
      id: "rt1062-starts-without-its-fuse",
      promise: "A camera whose fuse is not set cannot start, and the run says so.",
      old: "      if (await isBootSourceSet(context, loader)) return undefined;\n",
      new: "      return undefined;\n",
      killers: restore("without the consent, everything but the fuse is done and proven"),
    },
  ]),
  ...mutantsOf("core/protocols/mboot/client/mboot_client.ts", [
    {
      id: "mboot-status-ignored",
      promise: "A command that the loader refuses is a failure.",
      old: "if (status !== Status.SUCCESS) throw statusError(what, status);\n  }",
      new: "}",
      killers: mboot("NOR: nothing works before"),
    },
    {
      id: "mboot-abort-is-success",
      promise: "A data phase that ended early has not stored everything.",
      old:
        "if (first.payload.length === 0 || !data.isStarted) throw cutShort(what, 0, bytes.length);",
      new: "",
      killers: mbootWire("ends the data phase early"),
    },
    {
      id: "mboot-read-cut-short",
      promise: "A read that ends early is a failure.",
      old: "        throw cutShort(what, at, length);\n",
      new: "        return bytes;\n",
      killers: mbootWire("ends the data phase early"),
    },
    {
      id: "mboot-write-opening-ignored",
      promise: "A write that the loader refuses at its opening sends no data.",
      old: "    this.#check(opening, what);\n",
      new: "",
      killers: mbootWire("refuses a write at its opening"),
    },
    {
      id: "mboot-answer-to-another-command",
      promise: "An answer counts only for the command that it names.",
      old: "if (response === ResponseTag.GENERIC) return parameters[1] === tag;",
      new: "if (response === ResponseTag.GENERIC) return true;",
      killers: mbootWire("an answer to an older command"),
    },
    {
      id: "mboot-not-in-step",
      promise: "unbrick gets in step with the loader after an interrupted transfer.",
      old: "      await client.#resynchronise();\n",
      new: "",
      killers: mboot("after a killed write"),
    },
  ]),
  ...mutantsOf("core/protocols/sdp/client/sdp_client.ts", [
    {
      id: "sdp-acknowledgement-ignored",
      promise: "The ROM's acknowledgement of a file counts.",
      old: "if (!isAcknowledged(status.word, expected)) throw this.#refused(what, status.word);",
      new: "",
      killers: sdpWire("a file that the ROM does not acknowledge"),
    },
    {
      id: "sdp-old-answers-taken",
      promise: "Answers that another program left behind are discarded at the start.",
      old: "drained < MAX_DRAINED; drained++",
      new: "drained < 0; drained++",
      killers: sdp("answers that another program left"),
    },
    {
      id: "sdp-refused-jump-is-success",
      promise: "A jump that the ROM refuses is a failure.",
      old: "      throw this.#refused(what, wordOf(report));\n",
      new: "      return habMode;\n",
      killers: sdp("a jump to anything but a loaded image"),
    },
  ]),
];
