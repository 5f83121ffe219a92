/** 服务器的初始设置：表单之后的步骤，以及替代表单的方式。 */
export const welcome = {
  "elsewhere.title": "已有备份，或来自 PocketBase？",
  "elsewhere.backup": "在服务器的终端中恢复备份的全部内容：",
  "elsewhere.backupText":
    "之后由备份中的超级用户登录，无需设置。此页面无法执行恢复：这里还不认识有权执行的人。",
  "elsewhere.pocketbase": "在启动服务器之前读取 PocketBase 的数据文件夹：",
  "elsewhere.pocketbaseText": "集合、记录、文件、设置和超级用户都会一并带来。",

  "welcome.title": "添加通行密钥",
  "welcome.intro": "您已登录。有了通行密钥，下次可用此设备的指纹、面容或 PIN 登录。",
  "welcome.add": "添加通行密钥",
  "welcome.skip": "暂不添加",
  "welcome.address": "通行密钥绑定到应用地址。该地址现在是 {app}，添加后将变为 {here}。",
};
