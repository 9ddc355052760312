/**
 * What a board family outside of the repository is given: the same parts that the families in this
 * folder are made of. docs/plugins.md lists them all. Take nothing away and change nothing here, or in
 * `BoardFamily`, so that an older plugin would no longer work, without a new `version`.
 */

/** The version of this list. A plugin names the one that it was written for (`apiVersion`). */
export const version = 2;

export { exitCodes, isKind, UnbrickError } from "../core/common/errors.ts";
export { joined, list, plural, sentences, text } from "../core/common/text.ts";
export { byteCount, byteSize, hex, usbId } from "../core/common/format.ts";
export { throwIfAborted, withDeadline } from "../core/common/clock.ts";
export * from "../core/common/struct.ts";
export { sha256 } from "../core/common/sha256.ts";
export { VectorTable } from "../core/common/vector_table.ts";

export { byUsbId } from "../core/family/by_usb_id.ts";
export { planner } from "../core/family/planner.ts";
export { pinColumn } from "../core/family/drawing.ts";
export { plug, unplug } from "../core/plan/hardware_action.ts";
export { imageTarget } from "../core/plan/step.ts";
export { readBackProof, readBackProofIfEqual } from "../core/plan/memory_proof.ts";
export { compareStep, readStep } from "../core/plan/read_only_steps.ts";
export { regionNamed } from "../core/plan/regions.ts";
export { writeProgress } from "../core/plan/write_progress.ts";
export { writeStep } from "../core/plan/write_step.ts";
export { consentForUnmarked, unmarkedImage } from "../core/plan/consents.ts";
export { portOf } from "../core/device/detected_device.ts";

export { badImage } from "../core/image/bad_image.ts";
export { boardImages, noImage, requireImage } from "../core/image/board_images.ts";
export { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../core/image/check.ts";
export { refuseOtherAddress } from "../core/image/load.ts";
export { refuseBadVectors } from "../core/image/vector_check.ts";
export { namesBoard, refuseOtherArchitecture } from "../core/image/architectures.ts";
export { isFilledWith } from "../core/common/bytes.ts";
export { findDeviceDescriptors } from "../core/image/inspect.ts";
export { checkRomfs } from "../core/image/romfs.ts";
export { indexOf } from "../core/image/search.ts";
export { cutBlankEnd } from "../core/image/blank_end.ts";
export { sampleRomfs, sampleStm32Bootloader, sampleStm32Firmware } from "../core/image/sample.ts";

export { FlashMemory } from "../core/common/flash_memory.ts";
export { trapsOf } from "../core/common/traps.ts";
export { PoweredCamera } from "../core/transport/usb/powered_camera.ts";
export { UsbFunction } from "../core/transport/usb/function.ts";
export { HidFunction } from "../core/transport/usb/hid_function.ts";
export { CdcFunction } from "../core/transport/serial/cdc_function.ts";
export { SerialLine } from "../core/transport/serial/line.ts";
export { Stall } from "../core/transport/usb/model.ts";
export { serialOfUnit } from "../core/transport/usb/unit_serial.ts";

export { DfuSeClient } from "../core/protocols/dfu/client/dfuse_client.ts";
export { PartitionClient } from "../core/protocols/dfu/client/partition_client.ts";
export { findDfuInterfaces } from "../core/protocols/dfu/client/dfu_interface.ts";
export { parseLayout, sectorAt } from "../core/protocols/dfu/packets/layout.ts";
export { ST_DFU_ID } from "../core/protocols/dfu/packets/stm32_rom.ts";
export { serialOfWords } from "../core/protocols/dfu/packets/unique_id.ts";
export { DfuSeModel } from "../core/protocols/dfu/model/dfuse_model.ts";
export { PartitionDfuModel } from "../core/protocols/dfu/model/partition_model.ts";
export { stm32Flash, stm32Rom } from "../core/protocols/dfu/model/stm32_rom_model.ts";

export { SdpClient } from "../core/protocols/sdp/client/sdp_client.ts";
export { encodeIvt, ivtAt } from "../core/protocols/sdp/packets/ivt.ts";
export { SdpModel } from "../core/protocols/sdp/model/sdp_model.ts";
export { MbootClient } from "../core/protocols/mboot/client/mboot_client.ts";
export {
  buildFlexspiConfig,
  flexspiConfigAt,
} from "../core/protocols/mboot/packets/flexspi_config.ts";
export { BusyTime } from "../core/protocols/mboot/model/busy_time.ts";
export { FlexspiNor } from "../core/protocols/mboot/model/flexspi_nor.ts";
export { FuseArray } from "../core/protocols/mboot/model/fuses.ts";
export { RamMemory } from "../core/protocols/mboot/model/loader_memory.ts";
export { MbootModel } from "../core/protocols/mboot/model/mboot_model.ts";

export { startImage } from "../core/protocols/serial_boot/client/rom_client.ts";
export { programFlash } from "../core/protocols/serial_boot/client/open_bootloader_client.ts";
export { SerialBootSession } from "../core/protocols/serial_boot/client/session.ts";
export { parseFlashLayout } from "../core/protocols/serial_boot/packets/flash_layout.ts";
export { parseHeaderV2 } from "../core/protocols/serial_boot/packets/header_v2.ts";
export { layoutDownload } from "../core/protocols/serial_boot/packets/layout_download.ts";
export { checkStm32Image } from "../core/protocols/serial_boot/packets/image_check.ts";
export { OpenBootloader } from "../core/protocols/serial_boot/model/open_bootloader_model.ts";
export { romSwitches } from "../core/protocols/serial_boot/model/rom_switches.ts";
export { Stm32n6Rom } from "../core/protocols/serial_boot/model/rom_model.ts";

export { IspClient } from "../core/protocols/alif_isp/client/isp_client.ts";
export {
  enterMaintenance,
  identifyEnclave,
  reachEnclave,
  waitForStart,
} from "../core/protocols/alif_isp/client/connect.ts";
export { compareMram, readMram, verifyMram } from "../core/protocols/alif_isp/client/read_back.ts";
export { recoverSystemPackage } from "../core/protocols/alif_isp/client/recover.ts";
export { writeImage, writeSystemPackage } from "../core/protocols/alif_isp/client/write_image.ts";
export { parseSystemPackage } from "../core/protocols/alif_isp/packets/system_package.ts";
export { CodeKey } from "../core/protocols/alif_isp/model/code_key.ts";
export { EnclaveModel } from "../core/protocols/alif_isp/model/enclave_model.ts";

export { enterBootloader } from "../core/protocols/openmv_debug/client/debug_client.ts";
export { DebugPortModel } from "../core/protocols/openmv_debug/model/debug_port_model.ts";

export { catchBootloader } from "../core/openmv_bootloader/catch.ts";
export { withBootloader } from "../core/openmv_bootloader/client.ts";
export { checkContents, compareSteps, writeSteps } from "../core/openmv_bootloader/contents.ts";
export { enterOverSerial } from "../core/openmv_bootloader/serial_entry.ts";
export { RunningFirmwareModel } from "../core/openmv_bootloader/firmware_model.ts";
export { OpenMvBootloaderModel } from "../core/openmv_bootloader/model.ts";
export { readMemory } from "../core/openmv_bootloader/read.ts";
export {
  catchStep,
  eraseFilesystemStep,
  leaveStep,
  startStep,
} from "../core/openmv_bootloader/steps.ts";
