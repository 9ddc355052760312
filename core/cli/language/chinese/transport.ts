import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const transport: Catalogue = {
  "There is no serial port {1}.": "没有串口 {1}。",
  "Another program holds the port {1}.": "另一个程序占用端口 {1}。",
  "Nothing came from {1} in {2} ms.": "{2} 毫秒内没有收到来自 {1} 的数据。",
  "The device of the port {1} refused a request.": "",
  "The serial adapter {1} left the bus.": "串口适配器 {1} 离开了总线。",
  "Bytes have come.": "有数据到达。",
  "The device on port {1} left the bus.": "端口 {1} 上的设备离开了总线。",
  "The device refused a request (STALL).": "",
  "The transfer has ended.": "",
  "The device did not answer a transfer within {1} ms.": "",
  "Another program holds interface {1}.": "",
  "The device sent more data than it was asked for.": "",
  "The device has no endpoint {1}.": "",
  "alternate setting {1}": "",
  "The device has no interface {1}{2}.": "",
  'The {1} has nothing for "{2}".': "{1} 没有可用于“{=2}”的内容。",
  "the model has no IN endpoints": "",
  "the model has no OUT endpoints": "",
};
