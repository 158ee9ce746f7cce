// Cargar documentos: drop files on the panel, see how many were chosen, one press at a time. Without it the form works as it is.
const form = document.querySelector("[data-upload]");
if (form) {
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("[type=file]");
  const says = form.querySelector("[data-chosen]");
  input.classList.add("visually-hidden"); // the panel is its label
  const most = Number(form.dataset.maxFiles);
  const tell = () => {
    const files = [...input.files];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const size = (bytes / 1048576).toLocaleString("es-CO", { maximumFractionDigits: 1 });
    const text = files.length === 1 ? files[0].name : `${files.length} archivos`;
    input.setCustomValidity(files.length > most ? `Caben ${most} archivos a la vez.` : "");
    says.value = files.length ? `${text} · ${size} MB` : "";
    if (files.length > most) input.reportValidity();
  };
  input.addEventListener("change", tell);
  for (const event of ["dragover", "drop"]) drop.addEventListener(event, (e) => e.preventDefault());
  for (const event of ["dragenter", "dragover"]) drop.addEventListener(event, () => drop.classList.add("shadow"));
  for (const event of ["dragleave", "drop"]) drop.addEventListener(event, () => drop.classList.remove("shadow"));
  drop.addEventListener("drop", (e) => {
    input.files = e.dataTransfer.files;
    tell();
  });
}
