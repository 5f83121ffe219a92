/** 指向此处的记录。 */
export const back = {
  "back.open.one": "{name}：{count} 条记录，点击查看",
  "back.open.other": "{name}：{count} 条记录，点击查看",
  "back.more.one": "还有 {count} 条",
  "back.more.other": "还有 {count} 条",
  "back.counting": "正在计数……",
  "back.unknown": "未知",
};
