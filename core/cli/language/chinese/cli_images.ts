import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_images: Catalogue = {
  "named with --images": "用 --images 指定",
  "the images inside this program": "本程序内的镜像",
  'The {1} has no image role "{2}". {3}': "{1} 没有镜像角色“{=2}”。{3}",
  "The name {1} does not tell what it is for: write ROLE=FILE with a role of {2}.":
    "从名称 {1} 看不出它的用途：请写 ROLE=FILE，角色为 {=2} 之一。",
  "The set {1}": "镜像集 {1}",
  ", signed with the key {1}": "，由密钥 {1} 签名",
  "The set {1} is in {2}: {3} files, {4}{5}.": "镜像集 {1} 在 {2}：{3} 个文件，{4}{5}。",
  "the key built into unbrick": "unbrick 内置的密钥",
  "The environment names no home folder to keep images in.": "环境中没有指定存放镜像的主文件夹。",
  'A set cannot be called "{1}": letters, digits, dots, dashes, at most 64, not "bundled".':
    "镜像集不能叫“{=1}”：只能用字母、数字、点、横线，最多 64 个，且不能是“bundled”。",
  "{1} files, {2}, for {3} boards": "{1} 个文件，{2}，用于 {3} 种板子",
  "The set {1} is kept: {2}.": "镜像集 {1} 已保存：{2}。",
  "The set {1} was there already, undamaged: {2}.": "镜像集 {1} 已存在且完好：{2}。",
  "It is in {1}": "它在 {1}",
  "It has nothing for {1}.": "其中没有 {1} 的内容。",
  "no set has anything for it": "没有镜像集含有它所需的内容",
  "The set {1} cannot be used: {2}": "镜像集 {1} 无法使用：{2}",
  "An older set {1} is still in {2}: it is not used, and the next import removes it.":
    "较旧的镜像集 {1} 仍在 {2}:不会使用它,下次导入时会将其删除。",
  "real cameras": "真实相机",
  "simulated cameras only": "仅模拟相机",
  "some simulated cameras only": "部分只用于模拟相机",
  "yes, by anybody": "有，任何人皆可",
  "by the pinned key": "由固定的密钥",
  "not by the pinned key": "不是由固定的密钥",
  "Only simulated cameras get these images: {1}. For real ones, import an OpenMV firmware release with: unbrick images import FILE":
    "只有模拟相机使用这些镜像：{1}。用于真实相机，请导入 OpenMV 固件发布包：unbrick images import FILE",
  "{1} {2} lacks what comes with {3}: {4}.": "{1} {2} 缺少随 {3} 提供的：{4}。",
  "{1} is in no image set that is signed with the pinned key {2}.":
    "没有任何由固定密钥 {2} 签名的镜像集包含 {1}。",
  "{1} file, {2}": "{1} 个文件，{2}",
  "{1} files, {2}": "{1} 个文件，{2}",
  "{1}: every file has the hash of the manifest. {2}": "{1}：每个文件的哈希都与清单相符。{2}",
  "The manifest is signed with the pinned key {1}.": "清单由固定的密钥 {1} 签名。",
  "The manifest is signed, but no key is pinned to check it with (--public-key FILE).":
    "清单已签名，但没有固定的密钥来检查它（--public-key FILE）。",
  "The manifest is not signed.": "清单没有签名。",
};
