// Which forms and fields there are to try. The beginning (PLACES) is put before it.
const FILL = /^(text|email|tel|number|password|search|url)$/;
const PRESS = /^(立即|确认|确定|点击|马上)?(提交|登录|登陆|保存|注册|查询|搜索|检索|发送|发表|发布|确定|确认|下一步|预约|报名|办理|申请)(申请|表单|信息|留言|意见|咨询|登录|查询|搜索|提交)?$|^(submit|log ?in|sign ?in|search|send|next|save|register|go)$/i;
const NEVER = /验证码|动态码|重置|取消|返回|清空|上传|删除|支付|缴费|付款|发布|reset|cancel|delete|\bpay\b/i;
const SEARCH = /搜索|检索|查询|关键[字词]|search|keyword|^(q|kw|key|wd|query)$/i;
const seen = (one) => {
  const box = one.getBoundingClientRect();
  return box.width >= 8 && box.height >= 8 && box.right + scrollX > 0 && box.bottom + scrollY > 0 && !one.closest("[inert]")
    && one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
};
const wordsOn = (one) => (one.value && one.localName === "input" ? one.value : one.innerText || one.title || one.alt || "").replace(/\s+/g, "");
const fillable = (one) => (one.localName === "textarea" || (one.localName === "input" && FILL.test(one.type)))
  && !one.disabled && !one.readOnly && seen(one);
const fieldsIn = (home) => [...home.querySelectorAll("input, textarea, select")]
  .filter(one => one.localName === "select" ? !one.disabled && seen(one) : fillable(one));
const leads = (one) => !!one.closest("a[href]") && !/^\s*(#|javascript:|$)/i.test(one.closest("a[href]").getAttribute("href"));
const buttonIn = (home) => {
  const sends = [...home.querySelectorAll("button, input[type=submit], input[type=image]")]
    .filter(one => home.localName === "form" && one.type !== "button" && one.type !== "reset" && !one.disabled && seen(one) && !NEVER.test(wordsOn(one)));
  if (sends.length) return sends.find(one => PRESS.test(wordsOn(one))) ?? sends[0];
  return [...home.querySelectorAll("button, input[type=button], input[type=submit], a, [role=button], [onclick], .btn, div, span")]
    .filter(one => { const words = wordsOn(one); return words.length <= 10 && PRESS.test(words) && !NEVER.test(words) && !leads(one) && seen(one); }).map(one => one.closest("button, a, [role=button], [onclick]") ?? one)
    .filter(one => home.contains(one) && !one.disabled).at(-1) ?? null;
};
const titleOf = (one) => {
  const label = [...(one.labels ?? [])].map(label => label.innerText).join(" ") || one.getAttribute("aria-label")
    || (one.getAttribute("aria-labelledby") ?? "").split(/\s+/).map(id => document.getElementById(id)?.innerText ?? "").join(" ").trim();
  const before = one.closest("td")?.previousElementSibling?.innerText || one.previousElementSibling?.innerText || one.parentElement?.previousElementSibling?.innerText || "";
  return [label, one.placeholder, one.title, label ? "" : before].filter(Boolean).map(text => text.replace(/\s+/g, " ").trim().slice(0, 60));
};
const hintOf = (one) => (one.closest("td, li, p, .layui-form-item, .form-group, .el-form-item") ?? one.parentElement)?.innerText?.slice(0, 200) ?? "";
const asField = (one) => ({ ...told(one), kind: one.localName === "input" ? one.type : one.localName, titles: titleOf(one), hint: hintOf(one),
  marks: [one.name, one.id, one.className, one.autocomplete, one.placeholder].join(" ").slice(0, 200), longest: one.maxLength ?? -1 });
const homes = new Map();
for (const one of document.querySelectorAll("input, textarea")) {
  if (!fillable(one)) continue;
  let home = one.form;
  for (let at = one.parentElement, steps = 0; !home && at && at !== document.body && steps < 7; at = at.parentElement, steps++) {
    if (buttonIn(at)) home = at;
  }
  if (home && document.contains(home) && !homes.has(home)) homes.set(home, buttonIn(home));
}
for (const home of [...homes.keys()]) if ([...homes.keys()].some(other => other !== home && other.contains(home))) homes.delete(home);
const prints = new Set(), forms = [];
let cut = false;
for (const [home, button] of homes) {
  const fields = fieldsIn(home), texts = fields.filter(one => one.localName !== "select");
  const print = fields.map(one => one.type + one.name).join("|") + (button ? wordsOn(button) : "");
  if (prints.has(print)) continue;
  prints.add(print);
  const search = home.getAttribute("role") === "search" || (texts.length === 1 && SEARCH.test([texts[0].placeholder, texts[0].id, button ? wordsOn(button) : ""].join(" ")))
    || (texts.length === 1 && SEARCH.test(texts[0].name));
  forms.push({ told: told(home), button: button && told(button), press: button ? wordsOn(button).slice(0, 20) : "", search,
    passwords: texts.filter(one => one.type === "password").length, words: home.innerText.slice(0, 400), fields: fields.slice(0, 12).map(asField) });
  if (fields.length > 12) cut = true;
}
forms.sort((one, other) => one.search - other.search || other.fields.length - one.fields.length);
const inputs = [], groups = new Set(), most = { select: 8, radio: 4, checkbox: 4, text: 4 }, had = {};
for (const one of document.querySelectorAll("select, input")) {
  const kind = one.localName === "select" ? "select" : FILL.test(one.type) ? "text" : one.type;
  if (!(kind in most) || one.disabled || one.readOnly || one.multiple || !seen(one) || (kind === "select" && one.options.length < 2)) continue;
  if (kind === "text" && [...homes.keys()].some(home => home.contains(one))) continue;
  if (kind === "radio" && (one.checked || groups.has(one.name))) continue;
  if (kind === "radio") groups.add(one.name);
  had[kind] = (had[kind] ?? 0) + 1;
  if (had[kind] > most[kind]) { cut = true; continue; }
  inputs.push({ told: told(one), kind, last: kind === "select" && one.selectedIndex === one.options.length - 1 });
}
const CODE = /验证码|校验码|动态码|captcha|verif|yzm|(sms|check|auth|valid(ate)?|rand|img|vali)_?-?code/i;
const pastes = [], codes = [];
const boxed = new Set();
for (const one of document.querySelectorAll("input")) {
  if (one.maxLength !== 1 || !fillable(one) || boxed.has(one)) continue;
  let home = one.parentElement;
  const like = () => [...home.querySelectorAll("input")].filter(other => other.maxLength === 1 && fillable(other));
  for (let steps = 0; steps < 3 && like().length < 4 && home.parentElement; steps++) home = home.parentElement;
  const boxes = like();
  if (boxes.length < 4 || boxes.length > 8) continue;
  for (const box of boxes) boxed.add(box);
  if (codes.length < 2) codes.push({ boxes: boxes.map(told), words: (home.closest("form") ?? home.parentElement).innerText.slice(0, 300),
    marks: boxes.map(box => [box.name, box.id, box.autocomplete, box.getAttribute("aria-label"), box.className].join(" ")).join(" ").slice(0, 300) });
}
for (const one of document.querySelectorAll("input")) {
  if (!fillable(one) || boxed.has(one)) continue;
  const home = one.form ?? [...homes.keys()].find(home => home.contains(one)) ?? document.body;
  const secret = one.type === "password", passwords = [...home.querySelectorAll("input[type=password]")].filter(seen).length;
  const code = CODE.test([one.name, one.id, one.placeholder, one.title, one.className, one.autocomplete, ...titleOf(one)].join(" ")) || /one-time-code/.test(one.autocomplete);
  if (!secret && !code && !passwords) continue;
  if (pastes.length >= 6) { cut = true; continue; }
  pastes.push({ told: told(one), secret, code, passwords });
}
return { forms, inputs, pastes, codes, cut };
