//! Inspects a wasm module: what it imports and which sections it carries.

use wasmparser::{Parser, Payload};

use crate::Result;

/// The parts of a module that the checks look at.
#[derive(Default)]
pub struct Module {
    /// Each import as its module and its name, in the module's order.
    pub imports: Vec<(String, String)>,
    /// The names of the custom sections, in the module's order.
    pub customs: Vec<String>,
}

impl Module {
    /// Reads a module.
    ///
    /// # Errors
    /// If the bytes are not a wasm module.
    pub fn read(bytes: &[u8]) -> Result<Module> {
        let mut module = Module::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        module.imports.push((import.module.to_string(), import.name.to_string()));
                    }
                }
                Payload::CustomSection(section) => module.customs.push(section.name().to_string()),
                _ => {}
            }
        }
        Ok(module)
    }
}
