#include "libblock/detail/context_columns.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Words of headers over digests, beside those that name a digest.
constexpr auto digest_words =
    "hash hashes md sha digest digests checksum checksums sum fingerprint value values indicator "
    "indicators ioc iocs observable artifact sample samples"_words;

/// Words of headers that say nothing of what a column is about.
constexpr auto common_words =
    "hash hashes md sha digest digests checksum checksums sum fingerprint value values indicator "
    "indicators ioc iocs file files name names filename filenames path of the a for in and hex "
    "authentihash authenticode pe thumbprint certificate cert os platform platforms operating "
    "system systems type sm blake x bit bits identifier flat"_words;

/// Words that make a name the name of something else than a file.
constexpr auto other_names =
    "detection family host domain user signature campaign actor group vendor "
    "publisher company service country rule issuer subject signer cert certificate event tag "
    "author class av algorithm hash type server common machine computer registry key mutex "
    "function country department organization product hostname username export section task "
    "container docker"_words;

/// The same, but not of a file that is one: "Malware file".
constexpr auto threat_words = "malware threat"_words;

/// Words for what files are, of headers over names beside columns of digests.
constexpr auto kinds_of_files =
    "sample samples binary binaries executable executables tool tools module modules installer "
    "installers dll dlls driver drivers dropper droppers loader loaders payload payloads package "
    "packages artifact artifacts component components program programs malicious malware"_words;

/// Words before `name` that say of which file it is, or which one of its names. What else is named
/// is no file: "AccountName", "Report name", "Tool name".
constexpr auto named_files =
    "file files sample samples binary binaries executable executables exe module modules dll dlls "
    "driver drivers library libraries component components installer installers setup updater "
    "launcher loader loaders dropper droppers downloader stager stage payload payloads malicious "
    "artifact artifacts image images process processes parent grandparent child document documents "
    "attachment attachments archive archives script scripts shortcut lnk pdb original originals "
    "internal full short long base current new old alternative known other observed associated "
    "related meaningful saved stored renamed submitted uploaded downloaded dropped embedded decoy "
    "lure windows linux macos mac win"_words;

/// Words of headers over the names of other files than that of which a row or block is.
constexpr auto other_files =
    "parent original internal dropped decoy pdb archive config configuration process related "
    "associated imported"_words;

/// What columns beside the hashes are about, none of which says of which digest a hash is.
constexpr auto other_subjects =
    "malware family threat campaign actor group comment comments description note notes details "
    "title tag tags event author detection signature context tool alias url path"_words;

/// What is said of files beside their names.
constexpr auto other_facts =
    "size sizes type types count description version format magic extension date time created "
    "modified entropy id offset status owner permissions number"_words;

bool is_common(std::string_view word) noexcept {
    return is_digit(word.front()) || common_words.has(word);
}

/// Common words that have names of their own: "System name" is that of a computer.
constexpr auto named_others =
    "system systems value values indicator indicators ioc iocs identifier certificate cert"_words;

bool may_be_named(const LabelWords& words, std::size_t i) noexcept {
    return !is_common(words[i]) || words.is(i, named_files) || words.is(i, named_others);
}

/// The word that says of what a name is: the last one before `name` that is no common one, or the
/// first behind in "name of the sample"; the size if none does.
std::size_t word_of_name(const LabelWords& words, std::size_t name) noexcept {
    for (std::size_t i = name; i > 0; --i) {
        if (may_be_named(words, i - 1)) return i - 1;
    }
    if (!words.is(name + 1, "of for"_words)) return words.size();
    std::size_t thing = name + 2;
    while (words.is(thing, "the a an"_words)) ++thing;
    return std::min(thing, words.size());
}

/// Whether what is called a name in a header is that of a file, as far as the words tell.
bool names_file(const LabelWords& words) noexcept {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words.is(i, "name names"_words)) continue;
        const std::size_t thing = word_of_name(words, i);
        return thing == words.size() || words.is(thing, named_files);
    }
    return true;
}

/// Whether a header that names no digest speaks of the names of files, or of their paths.
bool speaks_of_names(const LabelWords& words) noexcept {
    const bool path = words.is(words.size() - 1, "path"_words) &&
                      (words.size() == 1 || words.has("full image"_words));
    const bool file = words.has("file files filename filenames"_words);
    if (!file && !words.has("name names"_words)) return path;
    const bool of_file = !words.has(other_names) && !words.has(other_facts) &&
                         (file || !words.has(threat_words)) && names_file(words);
    if (!of_file) return path;
    return path || !words.has(digest_words) || words.has("filename name names"_words);
}

/// Whether a header is one over digests without naming any. Alone, "Identifier" is: Santa has that
/// for all kinds.
bool holds_values(const LabelWords& words) noexcept {
    return words.has(digest_words) || (words.size() == 1 && words.is(0, "identifier"_words));
}

}  // namespace

Role role_of(std::string_view header, const LabelWords& words) {
    if (words.has("type kind algorithm algo"_words) && !words.has("file mime os platform"_words)) {
        return Role::Type;
    }
    if (digest_label(words) != DigestLabel::None) return Role::Digest;
    const bool os = words.has("os platform platforms"_words) ||
                    (words.has("operating"_words) && words.has("system systems"_words));
    if (os && !platform_words(header, {0, header.size()}).first) return Role::Os;
    if (speaks_of_names(words)) return Role::Names;
    return holds_values(words) ? Role::Digest : Role::Other;
}

bool names_surely(const LabelWords& words) noexcept {
    if (words.has("filename filenames"_words)) return true;
    return words.has("name names path"_words) && words.size() > 1 && !words.has("full image"_words);
}

bool names_other_file(const LabelWords& words) noexcept {
    // A path may be that of a folder; what is called a file goes before it.
    const bool path = words.has("path"_words) && !words.has("file filename"_words);
    return path || words.has(other_files);
}

namespace {

/// Whether a column of digests can hold the 64 digits of a file's hash.
bool holds_file_hashes(const LabelWords& words, DigestLabel label) noexcept {
    if (label == DigestLabel::Certificate || label == DigestLabel::OtherDigest) return false;
    if (label != DigestLabel::None) return true;
    return !words.has("md"_words) && !words.has("sha"_words);
}

/// The kind of processor that a header names: `x86`, `win32` and `32-bit` name the same.
enum class Processor : std::uint8_t { None, Bits32, Bits64, Arm };

Processor processor_of(const LabelWords& words) noexcept {
    if (words.has("arm aarch"_words)) return Processor::Arm;
    Processor found = Processor::None;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool beside = words.is(i - 1, "x win amd"_words) || words.is(i + 1, "bit bits"_words);
        if (!beside) continue;
        if (words.is(i, "64"_words)) return Processor::Bits64;
        if (words.is(i, "86 32"_words)) found = Processor::Bits32;
    }
    return found;
}

}  // namespace

bool share_subject(const LabelWords& left, const LabelWords& right) noexcept {
    const Processor processor = processor_of(left);
    const Processor other_processor = processor_of(right);
    if (processor != Processor::None && other_processor != Processor::None) {
        return processor == other_processor;
    }
    return std::any_of(left.begin(), left.end(), [&](std::string_view word) {
        return !is_common(word) &&
               std::any_of(right.begin(), right.end(), [&](std::string_view other) {
                   return word.size() == other.size() &&
                          std::equal(word.begin(), word.end(), other.begin(), [](char l, char r) {
                              return ascii_lower(l) == ascii_lower(r);
                          });
               });
    });
}

bool has_subject(const LabelWords& words) noexcept {
    return processor_of(words) != Processor::None ||
           !std::all_of(words.begin(), words.end(), is_common);
}

namespace {

constexpr std::size_t distance(std::size_t left, std::size_t right) noexcept {
    return left < right ? right - left : left - right;
}

/// A header with what it names, while the columns are being read.
struct Heading {
    explicit Heading(std::string header)
        : text(std::move(header)),
          words(text),
          label(digest_label(words)),
          role(role_of(text, words)) {}

    std::string text;
    LabelWords words;
    DigestLabel label;
    Role role;
    bool is_kind_of_file = false;  ///< a word for files, taken for a header over their names
};

/// Of the columns of one role as many as are matched, so that a header costs little.
constexpr std::size_t most_matched = 8;

/// The nearest of `columns` to `column`; of two as near, the one that is about nothing special,
/// else the first.
std::size_t nearest(const std::vector<Heading>& headings, const std::vector<std::size_t>& columns,
                    std::size_t column) {
    std::size_t best = Column::none;
    for (const std::size_t i : columns) {
        if (i == column) continue;
        const bool nearer = best == Column::none || distance(i, column) < distance(best, column);
        const bool plainer = best != Column::none &&
                             distance(i, column) == distance(best, column) &&
                             has_subject(headings[best].words) && !has_subject(headings[i].words);
        if (nearer || plainer) best = i;
    }
    return best;
}

/// Finds for the columns of digests those of one role that speak of them.
class Matcher {
public:
    Matcher(const std::vector<Heading>& headings, Role role) : headings_(headings) {
        for (std::size_t i = 0; i < headings.size(); ++i) {
            if (headings[i].role == Role::Digest) keep(digests_, i);
            if (headings[i].role == role) keep(columns_, i);
        }
        std::vector<std::size_t> without;  // the hashes of files that share words with no column
        for (const std::size_t i : digests_) {
            const bool of_files = holds_file_hashes(headings[i].words, headings[i].label);
            if (of_files && sharing(i, columns_) == Column::none) without.push_back(i);
        }
        for (const std::size_t i : columns_) {
            if (sharing(i, digests_) != Column::none) continue;
            free_.push_back(i);
        }
        if (role == Role::Names) prefer_plain_names();
        for (const std::size_t i : free_) owners_.push_back(nearest(headings, without, i));
    }

    /// The nearest column that shares words with `column`, else the nearest that shares none with
    /// any digests.
    std::size_t about(std::size_t column) const {
        const std::size_t shared = sharing(column, columns_);
        return shared != Column::none ? shared : nearest(headings_, free_, column);
    }

    /// The same, but of columns that each belong to one kind of file only: what shares no words
    /// belongs to the nearest hashes of files and to other digests of the same files.
    std::size_t owned(std::size_t column) const {
        const std::size_t shared = sharing(column, columns_);
        if (shared != Column::none || headings_[column].label == DigestLabel::Certificate) {
            return shared;
        }
        const std::size_t free = nearest(headings_, free_, column);
        if (free == Column::none) return free;
        const auto at = std::find(free_.begin(), free_.end(), free) - free_.begin();
        const std::size_t owner = owners_[static_cast<std::size_t>(at)];
        const bool owned = owner == Column::none || owner == column || of_same_file(column, owner);
        return owned ? free : Column::none;
    }

private:
    static void keep(std::vector<std::size_t>& columns, std::size_t column) {
        if (columns.size() < most_matched) columns.push_back(column);
    }

    /// Leaves out the free columns of other files beside those of the files that a table is about.
    void prefer_plain_names() {
        const auto is_other = [&](std::size_t i) { return names_other_file(headings_[i].words); };
        const auto is_plain = [&](std::size_t i) {
            const LabelWords& words = headings_[i].words;
            return !has_subject(words) && words.has("file files filename filenames"_words);
        };
        const bool plain = std::any_of(free_.begin(), free_.end(), is_plain);
        if (plain) {
            std::erase_if(free_, [&](std::size_t i) {
                return has_subject(headings_[i].words) || is_other(i);
            });
        } else if (!std::all_of(free_.begin(), free_.end(), is_other)) {
            std::erase_if(free_, is_other);
        }
    }

    std::size_t sharing(std::size_t column, const std::vector<std::size_t>& columns) const {
        std::vector<std::size_t> shared;
        std::copy_if(columns.begin(), columns.end(), std::back_inserter(shared),
                     [&](std::size_t i) {
                         return share_subject(headings_[i].words, headings_[column].words);
                     });
        return nearest(headings_, shared, column);
    }

    /// Whether two columns hold digests of different kinds that are about the same.
    bool of_same_file(std::size_t left, std::size_t right) const {
        const Heading& one = headings_[left];
        const Heading& other = headings_[right];
        if (one.role != Role::Digest || one.label == other.label) return false;
        return share_subject(one.words, other.words) ||
               (!has_subject(one.words) && !has_subject(other.words));
    }

    const std::vector<Heading>& headings_;
    std::vector<std::size_t> digests_;
    std::vector<std::size_t> columns_;
    std::vector<std::size_t> free_;    ///< of the columns, those that share no words
    std::vector<std::size_t> owners_;  ///< of the free columns
};

/// How many columns repeat, all of a table side by side with itself: `File | SHA256 | File | ...`.
std::size_t period_of(const std::vector<Heading>& headings) noexcept {
    const auto repeat = [&](std::size_t period) {
        return std::equal(headings.begin() + static_cast<std::ptrdiff_t>(period), headings.end(),
                          headings.begin(), [](const Heading& left, const Heading& right) {
                              return left.text == right.text;
                          });
    };
    for (std::size_t period = 2; 2 * period <= headings.size(); ++period) {
        if (headings.size() % period == 0 && repeat(period)) return period;
    }
    return headings.size();
}

/// What a column says of its digests, for the same one `count` columns further on.
Column moved(Column column, std::size_t count) {
    for (std::size_t* const other : {&column.name, &column.os, &column.type}) {
        if (*other != Column::none) *other += count;
    }
    return column;
}

/// Beside "SHA256 Flat Hash", as in events of App Control, "SHA256 Hash" is over Authenticode
/// hashes.
void take_flat_hashes(std::vector<Heading>& headings) {
    const auto has = [](const Heading& heading, const LabelWords& words) {
        return std::ranges::equal(heading.words, words);
    };
    const LabelWords flat("SHA256 Flat Hash");
    const LabelWords other("SHA256 Hash");
    if (std::ranges::none_of(headings, [&](const auto& one) { return has(one, flat); })) return;
    for (Heading& heading : headings) {
        if (has(heading, other)) heading.label = DigestLabel::Authentihash;
    }
}

/// Takes headers such as "Sample" and "Installer" for those of names where other columns are of
/// digests: if no column is of names, or digests of just such files stand beside.
void take_kinds_of_files(std::vector<Heading>& headings) {
    const auto is_kind = [](const Heading& heading) {
        const LabelWords& words = heading.words;
        return words.size() > 0 && words.size() <= 2 &&
               std::all_of(words.begin(), words.end(),
                           [](std::string_view word) { return kinds_of_files.has(word); });
    };
    const auto is_digest = [&](const Heading& heading) {
        return heading.role == Role::Digest && !is_kind(heading);
    };
    const auto has_role = [](const Heading& heading) { return heading.role == Role::Names; };
    const bool named = std::any_of(headings.begin(), headings.end(), has_role);
    for (Heading& heading : headings) {
        if (!is_kind(heading)) continue;
        heading.is_kind_of_file =
            std::any_of(headings.begin(), headings.end(), [&](const Heading& other) {
                return is_digest(other) && (!named || share_subject(heading.words, other.words));
            });
    }
    for (Heading& heading : headings) {
        if (heading.is_kind_of_file) heading.role = Role::Names;
    }
}

std::string header_text(TableForm form, std::string_view cell) {
    std::string words = cell_text(form, cell);
    std::replace(words.begin(), words.end(), '\n', ' ');
    if (words.size() > longest_label || !is_plain(words)) words.clear();
    return words;
}

/// Whether the words of a cell are a file, a path, a key of the registry or a host and no header,
/// which may have dots too: `hashes.SHA256`.
bool is_indicator(std::string_view words) noexcept {
    if (words.find('\\') != npos || has_known_extension(words)) return true;
    const std::size_t dot = words.rfind('.');
    if (dot == npos || words.find(' ') != npos) return false;
    const LabelWords last(words.substr(dot + 1));
    const bool dotted = digest_label(last) != DigestLabel::None || last.has(digest_words);
    return !dotted && digest_label(words) != DigestLabel::Sha256;
}

}  // namespace

bool is_header(TableForm form, std::string_view text, const Row& row, std::size_t column) {
    if (column >= row.cells.size()) return false;
    const std::string header = cell_text(form, row.cells[column].of(text));
    const LabelWords words(header);
    const bool named = digest_label(words) != DigestLabel::None || holds_values(words);
    if (!named || header.size() > longest_label || is_indicator(header)) return false;
    return std::none_of(row.cells.begin(), row.cells.end(),
                        [&](Slice cell) { return holds_digest(cell.of(text)); });
}

bool is_common_header(TableForm form, std::string_view text, Slice cell) {
    const std::string header = cell_text(form, cell.of(text));
    const LabelWords words(header);
    return words.size() > 0 && !has_subject(words);
}

bool are_headers(TableForm form, std::string_view text, const Row& row) {
    std::size_t headers = 0;
    for (const Slice cell : row.cells) {
        const std::string header = cell_text(form, cell.of(text));
        if (header.empty()) continue;
        const LabelWords words(header);
        const Role role = role_of(header, words);
        const bool other = role == Role::Other && !words.has(other_facts);
        if (other || role == Role::Type || is_indicator(header)) return false;
        ++headers;
    }
    return headers > 1;
}

std::vector<Column> read_columns(TableForm form, std::string_view text, const Row& header) {
    std::vector<Heading> headings;
    headings.reserve(header.cells.size());  // views of the words stay valid
    for (const Slice cell : header.cells) headings.emplace_back(header_text(form, cell.of(text)));
    const std::size_t width = headings.size();
    headings.erase(headings.begin() + static_cast<std::ptrdiff_t>(period_of(headings)),
                   headings.end());
    take_kinds_of_files(headings);
    take_flat_hashes(headings);
    const Matcher names(headings, Role::Names);
    const Matcher systems(headings, Role::Os);
    const Matcher types(headings, Role::Type);
    std::vector<Column> columns(headings.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Heading& heading = headings[i];
        Column& column = columns[i];
        column.header = heading.text;
        column.labelled_as = heading.label;
        const auto platforms = platform_words(heading.text, {0, heading.text.size()});
        if (!platforms.differ) column.platform = platforms.first;
        column.name = names.owned(i);
        column.os = systems.about(i);
        column.type = types.about(i);
        column.names_surely = heading.role == Role::Names && names_surely(heading.words);
        column.names_perhaps = heading.is_kind_of_file;
        column.of_digests = heading.role != Role::Names && heading.role != Role::Os &&
                            !heading.words.has(other_subjects);
    }
    while (columns.size() < width) {
        columns.push_back(moved(columns[columns.size() - headings.size()], headings.size()));
    }
    return columns;
}

std::string file_name_in_header(const Column& column) {
    const std::string& header = column.header;
    const bool named = has_known_extension(header) && header.find(' ') == npos;
    return named ? name_in_cell(header, true) : std::string();
}

bool has_names(const std::vector<Column>& columns) noexcept {
    return std::any_of(columns.begin(), columns.end(),
                       [](const Column& column) { return column.name != Column::none; });
}

}  // namespace libblock::detail
