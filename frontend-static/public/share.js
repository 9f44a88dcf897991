// Behind a shared link stands a page for readers of previews; people go on to the profile at once.
location.replace(document.getElementById("profile").href);
