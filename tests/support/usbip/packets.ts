import {
  at,
  constant,
  i32be,
  latin1,
  padding,
  struct,
  u16be,
  u32be,
  u8,
  type ValueOf,
} from "../../../core/common/struct.ts";
import { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";

/**
 * Packets of USB/IP 1.1.1 (Linux Documentation/usb/usbip_protocol.rst). All numbers are big-endian,
 * except the SETUP packet, which is as on the bus.
 */

/** Version 1.1.1, which every operation contains. */
export const VERSION = 0x0111;

/** Operations before a device is imported, and their replies. */
export const OpCode = {
  REQ_DEVLIST: 0x8005,
  REP_DEVLIST: 0x0005,
  REQ_IMPORT: 0x8003,
  REP_IMPORT: 0x0003,
} as const;

/** Status of an operation. */
export const OpStatus = { OK: 0, NA: 1, DEV_BUSY: 2, DEV_ERR: 3, NODEV: 4, ERROR: 5 } as const;

/** Commands after a device is imported. */
export const Command = {
  CMD_SUBMIT: 1,
  CMD_UNLINK: 2,
  RET_SUBMIT: 3,
  RET_UNLINK: 4,
} as const;

/** Linux error numbers, which are sent as negative numbers. */
export const Errno = {
  ENODEV: -19,
  EPIPE: -32,
  EPROTO: -71,
  EOVERFLOW: -75,
  ECONNRESET: -104,
  EREMOTEIO: -121,
} as const;

/** Transfer flag: it is an error if less data arrives than requested. */
export const URB_SHORT_NOT_OK = 1;

/** The header of every operation, 8 bytes. */
export const OpCommon = struct("USB/IP operation", { version: u16be, code: u16be, status: u32be });

/** The device that OP_REQ_IMPORT requests, 32 bytes. */
export const BusId = struct("bus id", { busid: latin1(32) });

/** OP_REP_DEVLIST: the number of devices that follow. */
export const DeviceCount = struct("device count", { devices: u32be });

/** An exported device, 312 bytes; in OP_REP_DEVLIST its interfaces follow. */
export const ExportedDevice = struct("exported device", {
  path: latin1(256),
  busid: latin1(32),
  busnum: u32be,
  devnum: u32be,
  /** 1 low, 2 full, 3 high, 5 super. */
  speed: u32be,
  idVendor: u16be,
  idProduct: u16be,
  bcdDevice: u16be,
  bDeviceClass: u8,
  bDeviceSubClass: u8,
  bDeviceProtocol: u8,
  bConfigurationValue: u8,
  bNumConfigurations: u8,
  bNumInterfaces: u8,
});
export type ExportedDevice = ValueOf<typeof ExportedDevice>;

/** An interface after a device in OP_REP_DEVLIST, 4 bytes. */
export const ExportedInterface = struct("exported interface", {
  bInterfaceClass: u8,
  bInterfaceSubClass: u8,
  bInterfaceProtocol: u8,
  padding: padding(1),
});

/** Size of the header of every command and result, bytes. */
export const URB_HEADER_LENGTH = 48;

/** USBIP_CMD_SUBMIT without the data that follows an OUT transfer. */
export const SubmitCommand = struct("USBIP_CMD_SUBMIT", {
  command: constant(u32be, Command.CMD_SUBMIT),
  seqnum: u32be,
  /** busnum << 16 | devnum. */
  devid: u32be,
  /** 1: IN. */
  direction: u32be,
  /** 0 to 15, without the direction bit. */
  ep: u32be,
  transferFlags: u32be,
  transferBufferLength: u32be,
  startFrame: padding(4),
  /** 0 or 0xffffffff for everything that is not isochronous. */
  numberOfPackets: u32be,
  interval: padding(4),
  setup: SetupPacket,
}, URB_HEADER_LENGTH);
export type SubmitCommand = ValueOf<typeof SubmitCommand>;

/** USBIP_CMD_UNLINK. */
export const UnlinkCommand = struct("USBIP_CMD_UNLINK", {
  command: constant(u32be, Command.CMD_UNLINK),
  seqnum: u32be,
  /** The seqnum of the URB to cancel. */
  target: at(20, u32be),
}, URB_HEADER_LENGTH);

/** USBIP_RET_SUBMIT; the data of an IN transfer follows. */
export const SubmitResult = struct("USBIP_RET_SUBMIT", {
  command: constant(u32be, Command.RET_SUBMIT),
  seqnum: u32be,
  /** 0 or an `Errno`. */
  status: at(20, i32be),
  /** Bytes transferred in either direction. */
  actualLength: u32be,
  startFrame: padding(4),
  /** Not isochronous. */
  numberOfPackets: constant(u32be, 0xffffffff),
}, URB_HEADER_LENGTH);

/** USBIP_RET_UNLINK: ECONNRESET if the URB was cancelled, 0 if it had already ended. */
export const UnlinkResult = struct("USBIP_RET_UNLINK", {
  command: constant(u32be, Command.RET_UNLINK),
  seqnum: u32be,
  status: at(20, i32be),
}, URB_HEADER_LENGTH);
