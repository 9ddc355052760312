/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const dfu = [
  // core/dfu/client.ts
  "The camera announces a DFU transfer size of 0 bytes.",
  "finish its earlier work",
  "The camera is in DFU state {1}, from which no request leads out.",
  "The camera does not come back to the DFU state dfuIDLE.",
  "The camera did not {1} within {2}.",
  // core/dfu/device_error.ts
  "The camera could not {1}: it reported {2} ({3}).",
  "Asked to {1}, the camera answered {2} with status {3}, which cannot be.",
  // core/dfu/dfuse_chip.ts
  "{1} written at {2}",
  "mass erase",
  "read unprotect",
  // core/dfu/dfuse_client.ts
  "This device has no DfuSe interface.",
  "At {1} the camera holds {2} instead of {3}.",
  // core/dfu/dfuse_link.ts
  "go to",
  "erase the sector at",
  "write {1} at {2}",
  "Asked for {1} bytes at {2}, the camera sent {3}.",
  "start the program",
  "remove its read protection",
  "The camera never finished erasing the sector at {1}, and it is not blank.",
  "The chip is protected: it lets nobody read, erase or write its flash.",
  // core/dfu/dfuse_write_plan.ts
  "There is nothing to write: 0 bytes.",
  "{1} is not a multiple of {2}, which this chip writes at once.",
  'unbrick does not write "{1}": it could make the chip unusable for ever.',
  // core/dfu/layout.ts
  'The camera describes its memory as "{1}": {2}.',
  "that is not an ST memory layout",
  '"{1}" is not an address',
  "a sector of no size",
  "it ends beyond 4 GiB",
  "it names no memory",
  "The memory at {1} is not {2}.",
  'The camera has no memory at {1} in "{2}".',
  // core/dfu/partition_client.ts
  "This device has no DFU interface.",
  "The partition {1} ended after {2} of {3} bytes.",
  "{1} do not fit in the partition {2} of {3}.",
  "write {1} at offset {2} of {3}",
  "complete the partition {1}",
  "The partition {1} ends at offset {2}, before the data does.",
  "At offset {1} the partition {2} holds {3} instead of {4}.",
  // core/dfu/request.ts
  "no error",
  "the data or the address is not meant for this device",
  "the data fails a check of the device",
  "the device cannot write its memory",
  "the device cannot erase its memory",
  "the memory was not blank after the erase",
  "programming the memory failed",
  "the device read back something else than it programmed",
  "the address lies outside the memory",
  "the end of the data came too early",
  "the device has no complete firmware to return to",
  "an error of the maker's own; on ST chips the memory is protected",
  "an unexpected USB reset",
  "an unexpected power-on reset",
  "something unknown went wrong in the device",
  "the device got a request it did not expect",
  "state {1}",
  "no specification knows this status",
  // core/dfu/run_error.ts
  "read back",
  "The camera left the USB bus while it was being {1} at {2} ({3} %).",
  // core/dfu/status_record.ts
  "The camera answered GETSTATUS with {1} bytes instead of 6.",
  // core/dfu/stm32_rom.ts
  "STM32 system bootloader (its names cannot be read)",
] as const;
