/** 表格的按键。 */
export const gridKeys = {
  "gridKeys.down": "下一条记录",
  "gridKeys.up": "上一条记录",
  "gridKeys.first": "第一条记录",
  "gridKeys.last": "最后一条记录",
  "gridKeys.choose": "选择此记录",
  "gridKeys.range": "选择到此处的所有记录",
  "gridKeys.everything": "选择找到的全部",
  "gridKeys.leave": "取消选择",
  "gridKeys.edit": "编辑单元格",
  "gridKeys.open": "打开记录",
  "gridKeys.delete": "删除所选",
  "gridKeys.paste": "粘贴电子表格的单元格",
};
