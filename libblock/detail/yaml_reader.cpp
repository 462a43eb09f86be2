#include "libblock/detail/yaml_reader.hpp"

#include <fmt/format.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libblock/detail/text.hpp"
#include "libblock/limits.hpp"

namespace libblock::detail {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// How far yaml-cpp may read past its last event. Its scanner keeps what it has not decided yet,
/// 230 bytes for each bracket. A text of the greatest length takes half of this at most.
constexpr std::size_t lookahead_bytes = 8 * limits::text_bytes;

// ---- places ------------------------------------------------------------------------------------

bool begins_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) >> 6) != 2;
}

/// Turns offsets into lines and columns. Walks the text once: an offset before the last one gives
/// the last place again.
class Places {
public:
    explicit Places(std::string_view text) noexcept
        : text_(text), offset_(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0) {}

    Position at(std::size_t offset) noexcept {
        const std::size_t end = std::min(offset, text_.size());
        for (; offset_ < end; ++offset_) {
            if (text_[offset_] == '\n') {
                position_ = {position_.line + 1, 1};
            } else if (begins_character(text_[offset_])) {
                ++position_.column;
            }
        }
        return position_;
    }
    std::size_t offset() const noexcept { return offset_; }
    Position last() const noexcept { return position_; }

private:
    std::string_view text_;
    std::size_t offset_;
    Position position_{1, 1};
};

[[noreturn]] void refuse(std::string message, Position position) {
    throw Error(ErrorCode::InvalidDocument, std::move(message), {}, position);
}

[[noreturn]] void exceed(std::string message, Position position) {
    throw Error(ErrorCode::LimitExceeded, std::move(message), {}, position);
}

// ---- before parsing ----------------------------------------------------------------------------

/// A sequence of bytes that may not stand in a document, and why.
struct Forbidden {
    std::string_view bytes;
    std::string_view name;
};

/// Beside control characters: what some readers take for a line break, or pass over.
constexpr std::array<Forbidden, 6> forbidden{{
    {"\xc2\x85", "U+0085"},
    {"\xe2\x80\xa8", "U+2028"},
    {"\xe2\x80\xa9", "U+2029"},
    {byte_order_mark, "U+FEFF"},
    {"\xef\xbf\xbe", "U+FFFE"},
    {"\xef\xbf\xbf", "U+FFFF"},
}};

bool is_control(std::string_view rest) noexcept {
    const auto byte = static_cast<unsigned char>(rest[0]);
    if (byte == '\r') return !rest.starts_with("\r\n");  // old line ends count as no line here
    const bool c1 = byte == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0;
    return (byte < 0x20 && byte != '\t') || byte == 0x7f || c1;
}

/// Why the text, valid UTF-8, must not begin with `rest` here, or nothing.
std::string defect_at(std::string_view rest, bool line_begins) {
    if (rest[0] == '\0') return "a NUL byte: is the file UTF-16? save it as UTF-8";
    if (rest[0] == '%' && line_begins) return "a directive: a line must not begin with '%'";
    for (const auto& each : forbidden) {
        if (rest.starts_with(each.bytes))
            return fmt::format("{}: write it as an escape", each.name);
    }
    if (!is_control(rest)) return {};
    return fmt::format("a control character: {}", quote(rest.substr(0, rest[0] == '\xc2' ? 2 : 1)));
}

void check_characters(std::string_view text) {
    if (text.size() > limits::document_bytes) {
        exceed(fmt::format("the document is {} bytes long, more than {}", text.size(),
                           limits::document_bytes),
               {1, 1});
    }
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        refuse("the document is UTF-16: save it as UTF-8", {1, 1});
    }
    if (const std::size_t invalid = find_invalid_utf8(text); invalid != std::string_view::npos) {
        refuse("the document is not UTF-8 here", place_of(text, invalid));
    }
    const std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    for (std::size_t i = begin; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool usual = (byte >= 0x20 && byte < 0x7f && byte != '%') || byte == '\n';
        if (usual) continue;
        const std::string defect = defect_at(text.substr(i), i == begin || text[i - 1] == '\n');
        if (!defect.empty()) {
            refuse("the document holds " + defect, place_of(text, i));
        }
    }
}

// ---- parsing -----------------------------------------------------------------------------------

/// The text as yaml-cpp may read it: to `lookahead_bytes` past the last event, which bounds its
/// memory whatever makes it read on.
class BoundedSource : public std::streambuf {
public:
    explicit BoundedSource(std::string_view text) : size_(text.size()) {
        char* const begin = const_cast<char*>(text.data());  // a get area is only read
        setg(begin, begin, begin);
    }

    /// An event came: reading may go on from here.
    void advance() noexcept { allowed_ = read() + lookahead_bytes; }
    /// Whether the bound kept something back.
    bool exhausted() const noexcept { return exhausted_; }

protected:
    int_type underflow() override {
        const std::size_t end = std::min(size_, allowed_);
        if (read() == end) {
            exhausted_ = end < size_;
            return traits_type::eof();
        }
        setg(eback(), gptr(), eback() + end);
        return traits_type::to_int_type(*gptr());
    }

private:
    std::size_t read() const noexcept { return static_cast<std::size_t>(gptr() - eback()); }

    std::size_t size_;
    std::size_t allowed_ = lookahead_bytes;
    bool exhausted_ = false;
};

/// Builds the tree, and stops at the first breach: yaml-cpp tells of a collection before it goes
/// into it, so this bounds its stack as well.
class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, std::size_t begin, BoundedSource& source)
        : text_(text), begin_(begin), source_(source), places_(text) {}

    YamlNode take() { return std::move(root_); }
    Position last_place() const noexcept { return places_.last(); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0) {
            refuse("the document ends before this: a file holds only one", place(mark));
        }
        source_.advance();
    }
    void OnDocumentEnd() override { source_.advance(); }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (anchor != 0) refuse_anchor(place(mark));
        add(node_at(YamlKind::Null, std::max(offset_of_null(offset_of(mark)), places_.offset())));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        refuse("aliases are not allowed: write the value out", place(mark));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        const Position position = place_properties(mark, tag, anchor);
        const std::size_t offset = offset_of(mark);
        if (value.size() > limits::text_bytes) {
            exceed(fmt::format("a text is {} bytes long, more than {}", value.size(),
                               limits::text_bytes),
                   position);
        }
        const bool quoted = begins(offset, '"') || begins(offset, '\'');
        if (quoted && quoted_end(text_, offset) == std::string_view::npos) {
            refuse("the text in quotes that begins here has no end", position);
        }
        YamlNode node = node_at(YamlKind::Scalar, offset);
        node.plain = tag == "?";
        node.text = value;
        add(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlKind::Sequence, mark, tag, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlKind::Mapping, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    /// A collection that is not complete yet.
    struct Level {
        YamlNode node;
        std::unordered_map<std::string, std::uint32_t> key_lines;

        bool expects_key() const noexcept {
            return node.kind == YamlKind::Mapping && node.items.size() % 2 == 0;
        }
    };

    std::size_t offset_of(const YAML::Mark& mark) const noexcept {
        const std::size_t offset = begin_ + static_cast<std::size_t>(std::max(mark.pos, 0));
        return std::min(offset, text_.size());
    }
    bool begins(std::size_t offset, char first) const noexcept {
        return text_.substr(offset).starts_with(first);
    }
    Position place(const YAML::Mark& mark) noexcept { return places_.at(offset_of(mark)); }

    [[noreturn]] static void refuse_anchor(Position position) {
        refuse("anchors are not allowed: write the value out", position);
    }

    YamlNode node_at(YamlKind kind, std::size_t offset) {
        YamlNode node;
        node.kind = kind;
        node.offset = offset;
        node.position = places_.at(offset);
        return node;
    }

    /// A mark stands before the properties of a node, if it has any.
    Position place_properties(const YAML::Mark& mark, const std::string& tag,
                              YAML::anchor_t anchor) {
        const Position position = place(mark);
        if (anchor != 0) refuse_anchor(position);
        const bool tagged = (tag != "?" && tag != "!") || begins(offset_of(mark), '!');
        if (tagged) refuse("tags are not allowed", position);
        return position;
    }

    /// yaml-cpp marks a value that is missing by what comes after it: go back to what it is
    /// missing from.
    std::size_t offset_of_null(std::size_t marked) const noexcept {
        const std::string_view rest = text_.substr(marked);
        for (const std::string_view null : {"~", "null", "Null", "NULL"}) {
            if (rest.starts_with(null)) return marked;
        }
        const std::size_t before = text_.substr(0, marked).find_last_not_of(" \t\r\n");
        return before == std::string_view::npos ? marked : before;
    }

    void open(YamlKind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        const Position position = place_properties(mark, tag, anchor);
        if (levels_.size() == limits::document_depth) {
            exceed(fmt::format("lists and mappings are nested more than {} deep",
                               limits::document_depth),
                   position);
        }
        YamlNode node = node_at(kind, offset_of(mark));
        check(node);
        levels_.push_back({.node = std::move(node), .key_lines = {}});
    }
    void close() {
        YamlNode node = std::move(levels_.back().node);
        levels_.pop_back();
        attach(std::move(node));
    }
    void add(YamlNode node) {
        check(node);
        attach(std::move(node));
    }
    void attach(YamlNode node) {
        (levels_.empty() ? root_ : levels_.back().node.items.emplace_back()) = std::move(node);
    }

    void check(const YamlNode& node) {
        source_.advance();
        if (++nodes_ > limits::document_nodes) {
            exceed(fmt::format("the document has more than {} keys and values",
                               limits::document_nodes),
                   node.position);
        }
        if (levels_.empty() || !levels_.back().expects_key()) return;
        if (node.kind != YamlKind::Scalar) {
            refuse("a key must be a text: is a bracket not closed?", node.position);
        }
        const auto [key, is_new] =
            levels_.back().key_lines.try_emplace(node.text, node.position.line);
        if (is_new) return;
        refuse(fmt::format("the key {} stands on line {} already", quote(node.text), key->second),
               node.position);
    }

    std::string_view text_;
    std::size_t begin_;
    BoundedSource& source_;
    Places places_;
    std::vector<Level> levels_;
    YamlNode root_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
};

/// Hands all documents to the builder, which accepts one. Whether there was any.
bool run_parser(BoundedSource& source, TreeBuilder& builder) {
    std::istream stream(&source);
    YAML::Parser parser(stream);
    const bool any = parser.HandleNextDocument(builder);
    parser.HandleNextDocument(builder);  // the builder throws if there is another
    return any;
}

[[noreturn]] void refuse_syntax(const YAML::Exception& exception, std::string_view text,
                                std::size_t begin) {
    const std::size_t offset = begin + static_cast<std::size_t>(std::max(exception.mark.pos, 0));
    const std::string problem = quote(exception.msg);  // it may hold half a character
    refuse(fmt::format("the document is not YAML: {}", problem.substr(1, problem.size() - 2)),
           place_of(text, offset));
}

}  // namespace

YamlNode parse_yaml(std::string_view text) {
    check_characters(text);
    const std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    BoundedSource source(text.substr(begin));
    TreeBuilder builder(text, begin, source);
    try {
        if (!run_parser(source, builder)) refuse("the document is empty", {1, 1});
        if (!source.exhausted()) return builder.take();
    } catch (const Error&) {
        if (!source.exhausted()) throw;
    } catch (const YAML::Exception& exception) {
        if (!source.exhausted()) refuse_syntax(exception, text, begin);
    }
    // What came of a text that was cut off says nothing.
    exceed(fmt::format("more than {} bytes after this make no whole value: a bracket that is not "
                       "closed, or a comment or a list in brackets of that length",
                       lookahead_bytes),
           builder.last_place());
}

std::size_t quoted_end(std::string_view text, std::size_t offset) noexcept {
    const char mark = text[offset];
    for (std::size_t i = offset + 1; i < text.size(); ++i) {
        const bool doubled = mark == '\'' && text.substr(i).starts_with("''");
        if (text[i] == mark && !doubled) return i + 1;
        if (doubled || (mark == '"' && text[i] == '\\')) ++i;
    }
    return std::string_view::npos;
}

Position place_of(std::string_view text, std::size_t offset) noexcept {
    return Places(text).at(offset);
}

}  // namespace libblock::detail
