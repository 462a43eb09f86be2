#include "libblock/detail/xml.hpp"

#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace libblock::detail {
namespace {

class StringWriter : public pugi::xml_writer {
public:
    void write(const void* data, std::size_t size) override {
        text_.append(static_cast<const char*>(data), size);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

}  // namespace

pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text) {
    pugi::xml_node element = parent.append_child(name);
    element.text().set(std::string(text).c_str());
    return element;
}

void add_comment(pugi::xml_node parent, std::string_view text) {
    std::string safe = " ";
    for (const char c : text) safe += c == '-' && safe.back() == '-' ? " -" : std::string(1, c);
    safe += ' ';
    parent.append_child(pugi::node_comment).set_value(safe.c_str());
}

std::string format_xml(const pugi::xml_document& document) {
    StringWriter writer;
    document.save(writer, "  ", pugi::format_default, pugi::encoding_utf8);
    std::string text = writer.take();
    constexpr std::string_view bare = "<?xml version=\"1.0\"?>";
    if (text.starts_with(bare))
        text.replace(0, bare.size(), R"(<?xml version="1.0" encoding="UTF-8"?>)");
    return text;
}

}  // namespace libblock::detail
