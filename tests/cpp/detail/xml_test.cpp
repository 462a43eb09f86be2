#include "libblock/detail/xml.hpp"

#include "support.hpp"

namespace libblock::detail {
namespace {

TEST_CASE("documents have a declaration, and texts are escaped") {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("Root");
    root.append_attribute("name").set_value("a \"b\" & <c>");
    add_text(root, "Text", "]]> & <\xc3\xa4>");
    CHECK(format_xml(document) ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<Root name=\"a &quot;b&quot; &amp; &lt;c>\">\n"
          "  <Text>]]&gt; &amp; &lt;\xc3\xa4&gt;</Text>\n"
          "</Root>\n");
}

TEST_CASE("no text ends a comment") {
    pugi::xml_document document;
    add_comment(document, "a -- b --> c ---");
    document.append_child("Root");
    const std::string text = format_xml(document);
    CHECK(text.find("<!-- a - - b - -> c - - - -->") != std::string::npos);
    pugi::xml_document again;
    CHECK(again.load_string(text.c_str()));
}

}  // namespace
}  // namespace libblock::detail
