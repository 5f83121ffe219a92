/** 关于已执行操作的简短通知。 */
export const toasts = {
  "toast.region": "通知",
  "toast.close": "关闭此通知",
  "toast.undo": "撤销",
};
