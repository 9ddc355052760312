import { type Mutant, mutantsOf } from "./mutant.ts";

/** What breaks a promise of the STM32 cameras, of DfuSe, or of OpenMV's bootloaders. */

const restore = (name: string) => [{ test: "boards/openmv_stm32/restore_test.ts", name }];
const order = (name: string) => [{ test: "boards/openmv_stm32/order_test.ts", name }];
const flash = (name: string) => [{ test: "boards/openmv_stm32/flash_test.ts", name }];
const dfuse = (name: string) => [{
  test: "core/protocols/dfu/client/dfuse_client_test.ts",
  name,
}];
const dfuseFaults = (name: string) => [{
  test: "core/protocols/dfu/client/dfuse_faults_test.ts",
  name,
}];
const ahead = (name: string) => [{
  test: "core/protocols/dfu/client/write_ahead_test.ts",
  name,
}];
const partition = (name: string) => [{
  test: "core/protocols/dfu/client/partition_client_test.ts",
  name,
}];

export const stm32: readonly Mutant[] = [
  ...mutantsOf("boards/openmv_stm32/restore.ts", [
    {
      id: "stm32-bootloader-not-proven-by-itself",
      promise: "The bootloader reads itself back completely: a second proof.",
      old:
        "      prove: (context) =>\n        readBackProof(\n          context,\n          [this.#target],",
      new:
        "      _prove: (context) =>\n        readBackProof(\n          context,\n          [this.#target],",
      killers: order("the new bootloader reads itself back"),
    },
    {
      id: "stm32-unlocks-without-being-allowed",
      promise: "Only with --allow unlock-erases-all is a chip erased and unprotected.",
      old: "options.allow?.includes(unlockConsent.id) ?? false",
      new: "true",
      killers: restore("the steps of a plan say what they change"),
    },
    {
      id: "stm32-unlock-without-consent",
      promise: "After a consent only is a chip erased and unprotected.",
      old: "      consent: unlockConsent,\n",
      new: "",
      killers: restore("with the expert's consent"),
    },
    {
      id: "stm32-still-protected-is-fine",
      promise: "Taking off the protection is proven by asking the chip.",
      old: "if (!await this.#isProtected(context)) return isFree;",
      new: "return isFree;",
      killers: [{ test: "boards/openmv_stm32/order_test.ts", name: "still protected" }],
    },
    {
      id: "stm32-reads-again-after-a-crash",
      promise:
        "After the ROM has crashed while it was read, everything is written without reading.",
      old: "compareFirst: !this.rewrite && context.learned(restoreFacts).mayRead,",
      new: "compareFirst: true,",
      killers: order("after the ROM has crashed while it was read"),
    },
    {
      id: "stm32-other-board-written",
      promise: "If the flash contradicts the chosen board, nothing is erased.",
      old: "if (!identity || identity.boardIds.includes(board.id)) return;",
      new: "return;",
      killers: restore("a camera that is another board is refused"),
    },
  ]),
  ...mutantsOf("boards/openmv_stm32/identify.ts", [
    {
      id: "stm32-bootloader-counts-more",
      promise: "The firmware counts more than the bootloader.",
      old:
        'await search.firstMark(firmware, end, "firmware") ??\n    await search.firstMark(FLASH_BASE, firmware, "bootloader");',
      new:
        'await search.firstMark(FLASH_BASE, firmware, "bootloader") ??\n    await search.firstMark(firmware, end, "firmware");',
      killers: restore("the firmware counts more than the bootloader"),
    },
  ]),
  ...mutantsOf("core/protocols/dfu/client/dfuse_client.ts", [
    {
      id: "dfuse-head-first",
      promise: "The head of the bootloader, with the vectors that start it, is written last.",
      old: "const { head, others } = headLast",
      new: "const { head, others }: ReturnType<typeof headApart> = false",
      killers: dfuse("its head last"),
    },
    {
      id: "dfuse-head-first-and-the-jumper-off",
      promise: "What a chip starts without its jumper is written last.",
      old: "const { head, others } = headLast",
      new: "const { head, others }: ReturnType<typeof headApart> = false",
      killers: [{ subject: "openmv-m4.bootloader", faults: ["kill-jumper-off"] }],
    },
    {
      id: "dfuse-head-before-the-rest-is-read",
      promise: "The head is written only after everything behind it was read back.",
      old: "        await this.#compareBehind(head, shares, run, meter);\n",
      new: "",
      killers: dfuseFaults("one wrong byte is detected, whether written or read wrongly; the next"),
    },
    {
      id: "dfuse-head-after-one-sector-was-read",
      promise: "All sectors behind the head are read back before it is written.",
      old: "for (const { address, bytes } of shares) {\n      const from",
      new: "for (const { address, bytes } of shares.slice(0, 1)) {\n      const from",
      killers: dfuseFaults("a silently write-protected sector"),
    },
    {
      id: "dfuse-vectors-kept-while-the-rest-changes",
      promise: "An interrupted run never looks complete: the vector table goes with any change.",
      old: 'if (headLast && changed && findings[0] === "equal") findings[0] = "different";',
      new: "",
      killers: dfuse("a change after the first sector also rewrites the vector table's"),
    },
    {
      id: "dfuse-verify-finds-nothing",
      promise: "A read-back that differs is a failure.",
      old: "    if (!difference) return;\n",
      new: "    return;\n",
      killers: dfuseFaults("a silently write-protected sector"),
    },
    {
      id: "dfuse-compares-one-block",
      promise: "All of a range is read back.",
      old: "if (index < 0) return;\n",
      new: 'if (index < 0) return "stop";\n',
      killers: dfuseFaults("one wrong byte is detected, whether written or read wrongly; the next"),
    },
    {
      id: "dfuse-hides-what-it-read",
      promise: "A proof holds what came from the camera.",
      old: "      run.onRead?.(block, at);\n",
      new: "",
      killers: restore("is restored and flashed"),
    },
    {
      id: "dfuse-mass-erase-refused-no-more",
      promise: "Option bytes and OTP are never written.",
      old: "    refuseOneTime(this.layout);\n    const shares",
      new: "    const shares",
      killers: dfuse("option bytes and OTP are never written"),
    },
    {
      id: "dfuse-abort-in-the-middle",
      promise: "A cancellation finishes the blocks under way and leaves the device idle.",
      old: "      const result = await work();\n      await this.#link.idle();\n",
      new: "      const result = await work();\n",
      killers: [
        ...dfuse("writes and verifies a bootloader"),
        ...dfuse("a cancellation completes the blocks under way and leaves the device in dfuIDLE"),
      ],
    },
  ]),
  ...mutantsOf("core/protocols/dfu/client/pending.ts", [
    {
      id: "dfu-error-ignored",
      promise: "A block that the device refuses is a failure.",
      old: "if (record.bState === DfuState.dfuERROR) throw deviceError(record, what());",
      new: "if (record.bState === DfuState.dfuERROR) return true;",
      killers: dfuseFaults("named errors of the device"),
    },
  ]),
  ...mutantsOf("core/protocols/dfu/client/write_ahead.ts", [
    {
      id: "dfuse-refused-block-left-out",
      promise: "A block that the device refused is sent again.",
      old: "const hasBegun = wasAccepted || isIdle && first === false;",
      new: "const hasBegun = true;",
      killers: ahead("each request of a write refused once, done or not"),
    },
    {
      id: "dfuse-accepted-block-sent-again",
      promise: "A block that the device has is not written twice.",
      old: "const hasBegun = wasAccepted || isIdle && first === false;",
      new: "const hasBegun = wasAccepted;",
      killers: ahead("each request of a write refused once, done or not"),
    },
    {
      id: "dfuse-busy-block-believed",
      promise: "A block counts as written when the device says so.",
      old: "  await dfu.finish({ what: () => writing(block), deadlineMs: WRITE_MS });\n",
      new: "",
      killers: ahead("a device that answers while it is busy gets one block at a time"),
    },
  ]),
  ...mutantsOf("core/protocols/dfu/client/dfu_client.ts", [
    {
      id: "dfu-busy-for-ever",
      promise: "Every wait has a deadline.",
      old: "if (now >= end || record && now - busySince >=",
      new: "if (record && now - busySince >=",
      killers: dfuseFaults("endless dfuDNBUSY ends at the deadline, with poll time 0, 1000 and"),
    },
    {
      id: "dfu-status-of-an-earlier-session",
      promise: "The device is idle before a session begins.",
      old: "if (record.bState === DfuState.dfuIDLE) return;",
      new: "return;",
      killers: [{
        test: "core/protocols/dfu/client/dfuse_recovery_test.ts",
        name: "whatever state an ended session left, the device is recovered",
      }],
    },
  ]),
  ...mutantsOf("core/protocols/dfu/client/partition_client.ts", [
    {
      id: "partition-ends-early",
      promise: "All of a partition's bytes are read back.",
      old: "if (end < bytes.length) throw differs(partition, end, bytes, undefined);",
      new: "",
      killers: partition("a verify names the first wrong byte"),
    },
    {
      id: "partition-verify-finds-nothing",
      promise: "A read-back that differs is a failure.",
      old: "if (index >= 0) throw differs(partition, offset + index, bytes, block[index]);",
      new: "",
      killers: partition("a verify names the first wrong byte"),
    },
    {
      id: "partition-failed-read-is-the-end",
      promise: "A read that fails is no end of the partition.",
      old: "if (record.bState !== DfuState.dfuERROR) return;",
      new: "return;",
      killers: partition("a failed read is distinguished from the end of the partition"),
    },
    {
      id: "partition-too-long",
      promise: "An image that does not fit is refused before anything is written.",
      old: "if (size !== undefined && bytes.length > size) {",
      new: "if (false) {",
      killers: partition("the bootloader partition is read only"),
    },
    {
      id: "partition-not-completed",
      promise: "The device is told that the write is complete.",
      old: "      await this.#manifest(block, name);\n",
      new: "",
      killers: partition("writes, completes and verifies"),
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/catch.ts", [
    {
      id: "catch-does-not-hold",
      promise: "A bootloader that was caught stays until it is told to leave.",
      old: "        await bootloader.hold();\n",
      new: "",
      killers: order("is held, however long the next step takes"),
    },
    {
      id: "catch-takes-the-rom",
      promise: "A forgotten jumper is noticed, said, and asked for again.",
      old: 'if (detected.mode !== "bootloader") {',
      new: "if (false) {",
      killers: restore("a forgotten jumper is noticed"),
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/client.ts", [
    {
      id: "bootloader-partition-missing",
      promise: "A bootloader without a needed partition is refused.",
      old: "if (found) return found;",
      new: "return found ?? partitions[0];",
      killers: flash("has no ROMFS0: refused"),
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/steps.ts", [
    {
      id: "bootloader-partitions-not-checked-first",
      promise: "All partitions that are needed must exist before anything is written.",
      old: "        check: (bootloader) => refuseMissingPartitions(bootloader, options.needs),\n",
      new: "",
      killers: flash("has no ROMFS0: refused before anything is written"),
    },
    {
      id: "start-not-seen",
      promise: "The run ends when the camera appears as running.",
      old: 'modes: ["firmware"] as const,',
      new: 'modes: ["firmware", "bootloader"] as const,',
      killers: [
        { test: "boards/openmv_stm32/order_test.ts", name: "never starts" },
      ],
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/restored.ts", [
    {
      id: "restored-without-looking",
      promise: "A camera that waits in its bootloader is compared before its steps are skipped.",
      old: 'if (isKind(error, "verify-failed", "disconnected", "wrong-board")) return undefined;',
      new: 'if (isKind(error, "disconnected", "wrong-board")) return undefined;',
      killers: [
        { test: "boards/openmv_stm32/order_test.ts", name: "another bootloader" },
      ],
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/same_unit.ts", [
    {
      id: "unit-short-digits-prove",
      promise: "Digits of a ROM that fit prove nothing.",
      old: "digits(order) === found)) ? undefined : false;",
      new: "digits(order) === found)) ? true : false;",
      killers: [{ test: "core/openmv_bootloader/same_unit_test.ts", name: "12 digits that fit" }],
    },
    {
      id: "unit-short-digits-never-contradict",
      promise: "If these digits do not fit the bootloader's id, it is another camera.",
      old: "digits(order) === found)) ? undefined : false;",
      new: "digits(order) === found)) ? undefined : undefined;",
      killers: [{ test: "core/openmv_bootloader/same_unit_test.ts", name: "a die in the next" }],
    },
  ]),
];
