//! What a live API is asked, and how its answers are laid beside the document.
