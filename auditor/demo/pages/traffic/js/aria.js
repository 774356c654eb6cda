// 交通运输局的工具条：自己带来障碍。加上一张没有替代文本的图片；打开后把正文从读屏软件那里藏起来，抢走单个字母键，只能用鼠标关闭。
(function () {
  var told = document.currentScript.dataset, entrance = document.getElementById("cniil_wza"), main = document.getElementById("main"), bar = null;
  var ear = document.createElement("img");
  ear.src = "/img/icon-ear.svg";
  ear.id = "ear";
  ear.width = ear.height = 48;
  if (!told.ear) ear.alt = "语音服务标志";
  entrance.parentNode.appendChild(ear);
  function close() {
    bar.remove();
    bar = null;
    main.removeAttribute("aria-hidden");
    entrance.disabled = false;
    entrance.focus();
  }
  function tool(words, act, plain) {
    var one = document.createElement(plain ? "span" : "button");
    if (!plain) one.type = "button";
    one.textContent = words;
    one.addEventListener("click", act);
    bar.appendChild(one);
  }
  entrance.addEventListener("click", function () {
    if (bar) return;
    bar = document.createElement("div");
    bar.className = "bar";
    tool("放大文字", function () { document.documentElement.style.fontSize = "150%"; });
    tool("关闭", close, Boolean(told.close));
    entrance.parentNode.insertAdjacentElement("afterend", bar);
    if (told.hides) main.setAttribute("aria-hidden", "true");
    if (told.key) document.addEventListener("keydown", function (event) {
      if (event.key === "c" && !event.ctrlKey) document.body.classList.toggle("contrast");
    });
  });
})();
