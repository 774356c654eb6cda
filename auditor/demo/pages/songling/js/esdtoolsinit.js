// 松岭县的工具条：能用键盘打开和关闭，放大有效。打开时替没有替代文本的图片补上一句话——只在打开时有效，所以不算网页自己没有障碍。
(function () {
  var entrance = document.getElementById("toolbarSwitch"), size = 100, bar = null;
  function button(words, act) {
    var one = document.createElement("button");
    one.type = "button";
    one.textContent = words;
    one.addEventListener("click", act);
    bar.appendChild(one);
    return one;
  }
  function resize(step) {
    size = Math.min(200, Math.max(100, size + step));
    document.documentElement.style.fontSize = size + "%";
  }
  function close() {
    bar.remove();
    bar = null;
    entrance.focus();
  }
  entrance.addEventListener("click", function () {
    if (bar) return close();
    bar = document.createElement("div");
    bar.className = "bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "无障碍工具条");
    document.querySelectorAll("img[data-words]:not([alt])").forEach(function (one) { one.alt = one.dataset.words; });
    var first = button("放大文字", function () { resize(25); });
    button("缩小文字", function () { resize(-25); });
    button("高对比配色", function () { document.body.classList.toggle("contrast"); });
    button("语音阅读", function () { this.setAttribute("aria-pressed", String(this.getAttribute("aria-pressed") !== "true")); });
    button("特大鼠标", function () { document.body.style.cursor = document.body.style.cursor ? "" : "crosshair"; });
    button("关闭工具条", close);
    bar.addEventListener("keydown", function (event) { if (event.key === "Escape") close(); });
    entrance.parentNode.insertAdjacentElement("afterend", bar);
    first.focus();
  });
})();
