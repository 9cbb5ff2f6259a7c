// Entities that a document uses and its DTD, which is never loaded, would declare.
#pragma once

/// The text of an entity that HTML and most DTDs declare, such as `nbsp`; U+FFFD for others. Valid
/// until the next call.
const char *xml_entity_text(const char *name);
