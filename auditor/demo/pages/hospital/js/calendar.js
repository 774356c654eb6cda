customElements.define('hy-calendar', class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: 'open' }).append(document.getElementById('hy-calendar').content.cloneNode(true));
  }
});
