//! The texts of authentication templates, which are the platform's. See [Cloud API/Authentication
//! template previews].

use serde_json::{Value, json};

/// What login codes say in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    language: &'static str,
    /// With `{{1}}` for the code.
    body: &'static str,
    advice: &'static str,
    /// With `{}` for the minutes.
    footer: &'static str,
    copy: &'static str,
    autofill: &'static str,
}

/// English last: it stands for every language that is not here.
const WORDS: [Words; 6] = [
    Words {
        language: "es",
        body: "Tu código de verificación es *{{1}}*.",
        advice: "Por tu seguridad, no lo compartas.",
        footer: "Este código caduca en {} minutos.",
        copy: "Copiar código",
        autofill: "Autocompletar",
    },
    Words {
        language: "fr",
        body: "Votre code de vérification est *{{1}}*.",
        advice: "Pour votre sécurité, ne le partagez pas.",
        footer: "Ce code expire dans {} minutes.",
        copy: "Copier le code",
        autofill: "Remplir automatiquement",
    },
    Words {
        language: "de",
        body: "*{{1}}* ist dein Verifizierungscode.",
        advice: "Teile diesen Code zu deiner Sicherheit mit niemandem.",
        footer: "Dieser Code läuft in {} Minuten ab.",
        copy: "Code kopieren",
        autofill: "Automatisch ausfüllen",
    },
    Words {
        language: "pt",
        body: "Seu código de verificação é *{{1}}*.",
        advice: "Para sua segurança, não o compartilhe.",
        footer: "Este código expira em {} minutos.",
        copy: "Copiar código",
        autofill: "Preencher automaticamente",
    },
    Words {
        language: "it",
        body: "Il tuo codice di verifica è *{{1}}*.",
        advice: "Per la tua sicurezza, non condividerlo.",
        footer: "Questo codice scade tra {} minuti.",
        copy: "Copia codice",
        autofill: "Compila automaticamente",
    },
    ENGLISH,
];

const ENGLISH: Words = Words {
    language: "en",
    body: "*{{1}}* is your verification code.",
    advice: "For your security, do not share this code.",
    footer: "This code expires in {} minutes.",
    copy: "Copy code",
    autofill: "Autofill",
};

impl Words {
    pub(crate) fn of(language: &str) -> Self {
        let main = language.split('_').next().unwrap_or_default();
        let known = WORDS.iter().find(|words| words.language == main);
        known.copied().unwrap_or(ENGLISH)
    }

    pub(crate) fn body(self, with_advice: bool) -> String {
        if with_advice {
            format!("{} {}", self.body, self.advice)
        } else {
            self.body.to_owned()
        }
    }

    pub(crate) fn footer(self, minutes: i64) -> String {
        self.footer.replace("{}", &minutes.to_string())
    }

    pub(crate) const fn copy(self) -> &'static str {
        self.copy
    }

    pub(crate) const fn autofill(self) -> &'static str {
        self.autofill
    }
}

/// Adds the texts to a component of a login code; its button is read back as an address.
pub(super) fn complete(component: &mut Value, language: &str) {
    let words = Words::of(language);
    match component["type"].as_str() {
        Some("BODY") => {
            let advice = component["add_security_recommendation"] == true;
            component["text"] = json!(words.body(advice));
            component["example"] = json!({"body_text": [["123456"]]});
        }
        Some("FOOTER") => {
            if let Some(minutes) = component["code_expiration_minutes"].as_i64() {
                component["text"] = json!(words.footer(minutes));
            }
        }
        Some("BUTTONS") => {
            let buttons = component["buttons"].as_array_mut();
            for button in buttons.into_iter().flatten() {
                let otp_type = button["otp_type"]
                    .as_str()
                    .unwrap_or("COPY_CODE")
                    .to_owned();
                let text = button["text"].as_str().unwrap_or(words.copy()).to_owned();
                *button = json!({
                    "type": "URL",
                    "text": text,
                    "url": format!("https://www.whatsapp.com/otp/code/?otp_type={otp_type}&code=otp{{{{1}}}}"),
                    "example": [format!("https://www.whatsapp.com/otp/code/?otp_type={otp_type}&code=otp123456")],
                });
            }
        }
        _ => {}
    }
}
