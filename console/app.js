// The console begins here.
document.getElementById("app").textContent = "Wharf";
