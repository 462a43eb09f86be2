#include "libblock/detail/context_objects.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_lines.hpp"
#include "libblock/detail/context_names.hpp"
#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Whether a hash between `before` and `after` is the value of a key of JSON.
bool is_json_value(std::string_view text, Slice before, Slice after) noexcept {
    if (!before.of(text).ends_with('"') || !after.of(text).starts_with('"')) return false;
    std::size_t end = before.end - 1;
    while (end > before.begin && is_blank(text[end - 1])) --end;
    return before.of(text).substr(0, end - before.begin).ends_with("\":");
}

/// The key of the value that stands behind `before`.
std::string_view key_of_value(std::string_view text, Slice before) noexcept {
    const std::string_view words = before.of(text);
    const std::size_t end = words.rfind("\":");
    const std::size_t begin = end == npos || end == 0 ? npos : words.rfind('"', end - 1);
    return begin == npos ? std::string_view() : words.substr(begin + 1, end - begin - 1);
}

/// The fields of an object of JSON on a line, read on one side of a hash that is a value in it.
class ObjectFields {
public:
    /// Reads up to the hash: fields of its object and of those around it are kept.
    void read_before(std::string_view text, Slice where) {
        own_ = where;
        for (std::size_t i = where.begin; i < where.end; ++i) {
            if (take_string(text, where, i)) continue;
            if (is_one_of(text[i], "{[")) {
                begin_object(text, i);
            } else if (is_one_of(text[i], "}]")) {
                end_object(text[i] == ']');
            }
        }
        // Beyond the object itself only that is of the same file of which it is the digests.
        while (!begun_.empty() && is_of_same_file()) {
            if (!begun_.back().list) ++levels_;
            begun_.pop_back();
        }
        if (begun_.empty()) return;
        own_.begin = begun_.back().at;
        const auto first = fields_.begin() + static_cast<std::ptrdiff_t>(begun_.back().fields);
        named_around_ = std::any_of(fields_.begin(), first, is_name);
        fields_.erase(fields_.begin(), first);
    }

    /// Reads on behind the hash, `levels` objects up.
    void read_after(std::string_view text, Slice where, std::size_t levels) {
        std::size_t depth = levels + 1;
        std::size_t own = npos;  // how many fields are no others' around it
        own_ = where;
        for (std::size_t i = where.begin; i < where.end; ++i) {
            if (take_string(text, where, i)) continue;
            if (text[i] == '{') {
                begun_.push_back({i, fields_.size(), {}, false});
                key_ = {};
            } else if (text[i] == '}' && !begun_.empty()) {
                fields_.resize(begun_.back().fields);
                begun_.pop_back();
            } else if (text[i] == '}' && depth > 0 && --depth == 0) {
                own = fields_.size();
                own_.end = i;
            }
        }
        if (!begun_.empty()) fields_.resize(begun_.front().fields);
        if (own >= fields_.size()) return;
        const auto end = fields_.begin() + static_cast<std::ptrdiff_t>(own);
        named_around_ = std::any_of(end, fields_.end(), is_name);
        fields_.erase(end, fields_.end());
    }

    /// Whether objects around, which are of other files, have names.
    bool named_around() const noexcept { return named_around_; }

    /// What has been read without them.
    Slice own() const noexcept { return own_; }

    /// How many objects up the same file is spoken of.
    std::size_t levels() const noexcept { return levels_; }
    const std::vector<Field>& fields() const noexcept { return fields_; }

private:
    /// An object or a list.
    struct Begin {
        std::size_t at = 0;      ///< where its key begins, if it has one
        std::size_t fields = 0;  ///< before it
        std::string_view key;    ///< empty if it has none
        bool list = false;
    };

    static bool is_name(const Field& field) {
        return role_of_key(field.key, LabelWords(field.key)) == Role::Names;
    }

    void begin_object(std::string_view text, std::size_t at) {
        const bool list = text[at] == '[';
        const std::string_view key = std::exchange(key_, {});
        if (!key.empty()) at = static_cast<std::size_t>(key.data() - text.data());
        begun_.push_back({at, fields_.size(), key, list});
    }

    /// Whether the last one that has begun is of the same file: its key says so, or that of the
    /// list whose item it is.
    bool is_of_same_file() const {
        const std::size_t last = begun_.size() - 1;
        const bool item = !begun_[last].list && last > 0 && begun_[last - 1].list;
        const Begin& named = begun_[item ? last - 1 : last];
        return opens_same_file(named.key, named.list);
    }

    /// Ends the last one that has begun, with all lists in it that do not end.
    void end_object(bool list) {
        while (!begun_.empty()) {
            const Begin begin = begun_.back();
            if (list && !begin.list) return;
            begun_.pop_back();
            fields_.resize(begin.fields);
            if (begin.list == list) return;
        }
        if (!list) fields_.clear();
    }

    /// Takes the string that begins at `i` and sets that to its end; whether there is one.
    bool take_string(std::string_view text, Slice where, std::size_t& i) {
        constexpr std::string_view before_strings = "{[,:";
        if (text[i] != '"') return false;
        std::size_t before = i;
        while (before > where.begin && is_blank(text[before - 1])) --before;
        if (before > 0 && !is_one_of(text[before - 1], before_strings)) return false;
        const std::size_t begin = i + 1;
        for (++i; i < where.end && text[i] != '"'; ++i) {
            if (text[i] == '\\') ++i;
        }
        if (i >= where.end) return true;
        const std::string_view words = text.substr(begin, i - begin);
        std::size_t after = i + 1;
        while (after < where.end && is_blank(text[after])) ++after;
        if (after < where.end && text[after] == ':') {
            key_ = words;
        } else if (!key_.empty()) {
            const Field field{std::exchange(key_, {}), words};
            if (field.key.size() <= longest_key && may_tell(field.key)) fields_.push_back(field);
        }
        return true;
    }

    std::vector<Field> fields_;
    std::vector<Begin> begun_;
    std::string_view key_;  ///< whose value comes
    std::size_t levels_ = 0;
    bool named_around_ = false;
    Slice own_;
};

/// Adds what a field says of the file of the hash, whose key has the words `own`.
void add_field(const Field& field, const LabelWords& own, ToldNames& names, ToldInObject& told) {
    const LabelWords words(field.key);
    const Role role = role_of_key(field.key, words);
    if (role == Role::Names) {
        names.add(own, words, field.value);
        told.named = told.named || are_apart(own, words) || !names.best().empty() ||
                     has_known_extension(field.value);
    } else if (role == Role::Os && !told.has_platform) {
        const CellPlatform platform = platform_in_cell(field.value);
        told.has_platform = platform.told;
        told.platform = platform.platform;
    }
}

}  // namespace

ToldInObject read_object(std::string_view text, Slice before, Slice after) {
    if (const auto value = composite_value(text, before, after)) {
        return {true, name_in_cell(*value, true), false, std::nullopt};
    }
    if (!is_json_value(text, before, after)) return {};
    ObjectFields above;
    above.read_before(text, before);
    ObjectFields below;
    below.read_after(text, after, above.levels());
    const LabelWords own(key_of_value(text, before));
    ToldNames names;
    ToldInObject told;
    const auto add = [&](const Field& field) { add_field(field, own, names, told); };
    std::for_each(above.fields().rbegin(), above.fields().rend(), add);
    std::for_each(below.fields().begin(), below.fields().end(), add);
    told.file_name = names.best();
    if (told.named || !(above.named_around() || below.named_around())) return told;
    told.named = true;
    std::optional<Slice> name = file_names(text, above.own()).last;
    if (!name) name = file_names(text, below.own()).first;
    if (name) told.file_name = without_escapes(name->of(text));
    return told;
}

}  // namespace libblock::detail
