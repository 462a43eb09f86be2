#include "libblock/detail/context_reader.hpp"

#include <algorithm>
#include <utility>

#include "libblock/detail/context_elements.hpp"
#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_phrases.hpp"
#include "libblock/detail/context_siblings.hpp"
#include "libblock/detail/scan_lines.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// For how many records, on lines of their own, a row that is not a line is split.
constexpr std::size_t most_records_of_row = 8;

/// A cell without blanks and single marks at its ends.
Slice bare_cell(std::string_view text, Slice cell) noexcept {
    constexpr std::string_view marks = " \t\"'`*";
    while (cell.size() > 0 && is_one_of(text[cell.begin], marks)) ++cell.begin;
    while (cell.size() > 0 && is_one_of(text[cell.end - 1], marks)) --cell.end;
    return cell;
}

/// Whether a hash stands in the place of an item: at most one word stands before it.
bool is_listed(std::string_view before) noexcept {
    constexpr std::size_t longest = 300;
    if (before.size() > longest) return false;
    std::size_t words = 0;
    bool spoken = false;
    for (const char c : before) {
        if (is_blank(c)) spoken = false;
        if (is_letter(c) && !spoken) {
            ++words;
            spoken = true;
        }
    }
    return words <= 1;
}

/// What stands behind the last heading of HTML in a line.
std::string_view behind_heading(std::string_view words) noexcept {
    const std::size_t end = words.rfind("</h");
    return end == npos ? words : words.substr(end);
}

/// Bytes of what breaks a line at `at`, also of quoted-printable and HTML; 0 if nothing does.
std::size_t any_break_at(std::string_view text, std::size_t at) noexcept {
    for (const std::string_view tag : {"<br>", "<br/>", "<br />"}) {
        if (begins_with(text, at, tag)) {
            return tag.size() + line_break_at(text, at + tag.size());
        }
    }
    const std::size_t soft = text.substr(at).starts_with('=') ? 1 : 0;
    const std::size_t line_break = line_break_at(text, at + soft);
    return line_break > 0 ? soft + line_break : 0;
}

/// Whether nothing but blanks stands between `at` and the end of its line or of an element.
bool ends_line(std::string_view text, std::size_t at) noexcept {
    const std::string_view head = text.substr(0, std::min(text.size(), at + context_reach));
    const std::size_t end = skip_blanks(head, at);
    if (end == head.size()) return end == text.size();
    return any_break_at(text, end) > 0 || begins_with(text, end, "</");
}

/// Whether nothing but what parts the items of a list stands in `between`.
bool parts_items(std::string_view between) noexcept {
    constexpr std::size_t longest = 64;
    constexpr std::string_view marks = ",;&";
    constexpr std::string_view others = " \t\"'`\\";
    if (between.size() > longest) return false;
    bool parted = false;
    for (std::size_t i = 0; i < between.size(); ++i) {
        const bool word = begins_with(between, i, "and ");
        if (!word && !is_one_of(between[i], marks) && !is_one_of(between[i], others)) return false;
        parted = parted || word || is_one_of(between[i], marks);
        if (word) i += 2;
    }
    return parted;
}

/// Whether the only hash of a record, at the end of its line, may be the half of a digest of 128
/// digits, as its label says.
bool may_be_half(std::string_view text, std::span<const Slice> hashes, const Label& label) {
    if (hashes.size() > 1 || label.says != DigestLabel::OtherDigest) return false;
    const LabelWords words(label.text);
    return words.has("512"_words) && !words.has("256"_words) && ends_line(text, hashes[0].end);
}

/// Whether a hash is the same as the one before it, as in a link to what is known of it, and no
/// word stands between that may be of one of them.
bool repeats(std::string_view text, Slice left, Slice right) {
    if (left.size() != Sha256::hex_count || right.size() != left.size()) return false;
    if (!std::ranges::equal(left.of(text), right.of(text), {}, ascii_lower, ascii_lower)) {
        return false;
    }
    const Slice between{left.end, right.begin};
    if (between.of(text).find("\":") != npos) return false;  // a value of another key
    return !file_names(text, between).first && !platform_words(text, between).first;
}

/// The end of what stands before a hash, as far as words there can belong to it.
Slice last_words_in_reach(std::string_view text, Slice before) noexcept {
    if (before.size() <= context_reach) return before;
    before.begin = before.end - context_reach;
    before.begin = begin_of_words(text, before);
    return before;
}

/// Whether the words of a cell that ends with an extension are a name or a path as a whole and no
/// sentence, as far as capitals tell.
bool is_whole_name(std::string_view words) noexcept {
    constexpr std::size_t most_words = 6;
    if (words.substr(1).starts_with(":\\")) return true;
    std::size_t count = 1;
    for (std::size_t at = words.find(' '); at != npos; at = words.find(' ', at + 1)) {
        if (has_known_extension(words.substr(0, at))) return false;
        const char next = at + 1 < words.size() ? words[at + 1] : ' ';
        const bool capital = next >= 'A' && next <= 'Z';
        if ((!capital && !is_digit(next)) || ++count > most_words) return false;
    }
    return count == 1 || (words[0] >= 'A' && words[0] <= 'Z') || is_digit(words[0]);
}

/// Whether each cell of a row has a digest and its name, as in the events of Sysmon:
/// `Hashes: MD5=...,SHA256=...`.
bool are_assigned(std::string_view text, const Row& row) noexcept {
    return std::ranges::all_of(row.cells, [&](Slice cell) {
        const std::string_view words = cell.of(text);
        const std::size_t mark = words.rfind('=');
        return mark != npos && mark > 0 && holds_digest(words.substr(mark + 1));
    });
}

/// Whether a label says of what a digest is that may be a SHA-256 as well.
constexpr bool is_special(DigestLabel says) noexcept {
    return says == DigestLabel::Authentihash || says == DigestLabel::Certificate;
}

bool is_silent(const Label& label) noexcept {
    return label.says == DigestLabel::None && label.text.empty();
}

}  // namespace

void ContextReader::read(const Window& window, std::span<const Slice> hashes,
                         std::span<HashContext> contexts) {
    if (continues_run(window, hashes)) {
        tell_heading(contexts[0]);
        headings_.pass_next_hash();
        line_ = window.base + hashes[0].begin;
        at_ = window.base + hashes[0].end;
        return;
    }
    const std::uint64_t last = at_;
    run_platform_.reset();
    advance(window, hashes.front().begin);
    Record record{hashes, contexts, find_table(window, hashes), {}, hashes.front()};
    record.cells.reserve(hashes.size());
    Label half = read_labels(window, last, record);
    if (!labels_only_) read_repeats(window, window.relative(std::max(last, window.base)), record);
    end_record(window, record, std::move(half));
}

/// Sets what the text says that the hashes of a record are; gives what it says of the first one by
/// itself. `last` is where the hash before the record ends.
Label ContextReader::read_labels(const Window& window, std::uint64_t last, Record& record) {
    const std::string_view text = window.text;
    const std::span<const Slice> hashes = record.hashes;
    const std::uint64_t line = line_is_known_ ? line_ : 0;
    Slice between{window.relative(std::max({last, line, window.base})), 0};
    bool follows = last >= std::max(line, window.base);
    Label first;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        enter_cell(window, record, i);
        between.end = hashes[i].begin;
        const Slice before = last_words_in_reach(text, between);
        Label label = or_label_behind(window, record, i, own_label(window, record, i, before));
        if (i == 0) first = label;
        if (i == 0 && is_second_half(window, hashes, label)) label = half_;
        if (follows && is_silent(label) && continues_series(text, between, hashes[i])) {
            label = series_;
        }
        const bool in_table = record.cells[i].column.has_value();
        series_ = label.marked && !in_table && is_no_file(label.says) ? label : Label();
        apply_heading(text, before, in_table, hashes.size() == 1, label);
        record.contexts[i].labelled_as = label.says;
        if (!labels_only_) record.contexts[i].label = std::move(label.text);
        between.begin = hashes[i].end;
        follows = true;
    }
    return first;
}

/// Keeps what matters to the next record. `half` is what is said of the first hash by itself.
void ContextReader::end_record(const Window& window, const Record& record, Label half) {
    const std::string_view text = window.text;
    const std::size_t begin = record.hashes.front().begin;
    const std::size_t end = record.hashes.back().end;
    in_run_ = record.hashes.size() == 1 && record.form == TableForm::None && !asciidoc_.is_open() &&
              line_is_known_ && line_ == window.base + begin &&
              (end == text.size() || line_break_at(text, end) > 0);
    headings_.pass_hash(headings_.platform() || platform_over(window, record, 0));
    at_ = window.base + end;
    line_has_hash_ = true;
    if (!may_be_half(text, record.hashes, half)) half = {};
    half_ = std::move(half);
    half_end_ = at_;
}

/// Reads up to the hash `i` of a record, and finds the cell that it is in.
void ContextReader::enter_cell(const Window& window, Record& record, std::size_t i) {
    const Slice hash = record.hashes[i];
    if (i > 0) {
        html_.read(window, {record.hashes[i - 1].end, hash.begin});
        asciidoc_.take_hash(window, hash.begin);
    }
    record.cells.push_back(cell_of(window, record.form, hash));
    if (has_line_rows(record.form)) return;
    enter_row({record.cells[i].row, window.base + record.hashes.back().end});
}

/// What the words before a hash say of it, or its cell, or a key beside its own.
Label ContextReader::own_label(const Window& window, const Record& record, std::size_t i,
                               Slice before) {
    Label label = label_of(window, record, i, before);
    if (!is_no_file(label.says) && is_beside_flat_hash(window.text, record.hashes[i])) {
        label.says = DigestLabel::Authentihash;
    }
    if (label.says == DigestLabel::None) {
        Label told = sibling_label(window.text, record.hashes[i], label);
        if (told.says != DigestLabel::None) return told;
    }
    if (is_no_file(label.says) || record.cells[i].column) return label;
    const DigestLabel says = parent_label(window.text, record.hashes[i], label);
    if (says != DigestLabel::None) label.says = says;
    return label;
}

/// What `label` says of a hash, or the words behind it, before the next one and on the same line.
Label ContextReader::or_label_behind(const Window& window, const Record& record, std::size_t i,
                                     Label label) {
    if (is_special(label.says)) return label;
    const std::string_view text = window.text;
    const std::size_t begin = record.hashes[i].end;
    std::size_t end = std::min(text.size(), begin + phrase_reach);
    if (i + 1 < record.hashes.size()) end = std::min(end, record.hashes[i + 1].begin);
    Label behind = label_behind(text, {begin, find_break(text, begin, end)});
    const bool more = is_silent(label) || is_special(behind.says);
    return more && behind.says != DigestLabel::None ? behind : label;
}

/// Whether a hash belongs to a list whose items before it have one label: `"certificates": ["...",
/// "..."]`. One that a key is made of does not.
bool ContextReader::continues_series(std::string_view text, Slice between,
                                     Slice hash) const noexcept {
    if (series_.says == DigestLabel::None || !parts_items(between.of(text))) return false;
    const std::string_view head = text.substr(0, std::min(text.size(), hash.end + context_reach));
    const std::size_t end = skip_all_of(head, " \t\"'\\", hash.end);
    return end == head.size() || head[end] != ':';
}

/// Whether a hash stands alone on the line below another one that is labelled as a digest of
/// another kind and ends its line: 128 digits that are broken in the middle.
bool ContextReader::is_second_half(const Window& window, std::span<const Slice> hashes,
                                   const Label& label) const noexcept {
    if (half_.says == DigestLabel::None || label.says != DigestLabel::None || hashes.size() > 1) {
        return false;
    }
    const std::string_view text = window.text;
    const std::uint64_t between = window.base + hashes[0].begin - half_end_;
    if (between > context_reach || between > hashes[0].begin) return false;
    const std::size_t begin = window.relative(half_end_);
    const std::size_t line = skip_blanks(text, begin);
    const std::size_t line_break = any_break_at(text, line);
    // Behind the marks of a quoted mail or a comment.
    return line_break > 0 && skip_all_of(text, "># \t", line + line_break) == hashes[0].begin &&
           ends_line(text, hashes[0].end);
}

/// Whether a hash stands alone on its line, directly below another that does: then nothing but the
/// heading above them says anything of it.
bool ContextReader::continues_run(const Window& window,
                                  std::span<const Slice> hashes) const noexcept {
    if (!in_run_ || hashes.size() != 1) return false;
    const std::string_view text = window.text;
    const Slice hash = hashes[0];
    const std::uint64_t between = window.base + hash.begin - at_;
    if (between == 0 || between > 2 || between > hash.begin) return false;
    return line_break_at(text, hash.begin - static_cast<std::size_t>(between)) == between &&
           (hash.end == text.size() || text[hash.end] == '\n' || text[hash.end] == '\r');
}

void ContextReader::tell_heading(HashContext& context) const {
    context.labelled_as = headings_.label();
    if (labels_only_) return;
    context.label = headings_.text();
    context.platform = run_platform_ ? run_platform_ : headings_.platform();
}

void ContextReader::forget() noexcept {
    headings_.forget();
    html_.forget();
    asciidoc_.forget();
    line_table_.forget();
}

/// Reads the text up to the next hash.
void ContextReader::advance(const Window& window, std::size_t to) {
    line_table_.begin_lines();
    std::uint64_t from = at_;
    if (window.base + to - from > look_back) {
        forget();
        from = window.base + to - look_back;
        line_is_known_ = false;
    }
    const std::size_t begin = window.relative(from);
    const bool tagged = html_.read(window, {begin, to});
    LineBreaks breaks(kernel_, window.text, {begin, to});
    std::size_t line = begin;
    for (Slice end = breaks.next(); !end.empty(); end = breaks.next()) {
        if (line_is_known_ && !line_has_hash_) {
            end_line(window, {window.relative(line_), end.begin});
        } else if (tagged) {
            headings_.read_tags(Slice{line, end.begin}.of(window.text));
        }
        line = end.end;
        line_ = window.base + end.end;
        line_is_known_ = true;
        line_has_hash_ = false;
    }
    if (tagged) headings_.read_tags(Slice{line, to}.of(window.text));
    html_.take_hash(window);
    asciidoc_.take_hash(window, to);
}

/// Reads a line without hashes.
void ContextReader::end_line(const Window& window, Slice line) {
    headings_.read(line.of(window.text));
    asciidoc_.read_line(window, line);
    line_table_.read_line(window, line);
}

/// Finds the table around a record, with its header.
TableForm ContextReader::find_table(const Window& window, std::span<const Slice> hashes) {
    const std::uint64_t begin = window.base + hashes.front().begin;
    const auto is_near = [&](const TablePlace& place) {
        return place.valid() && begin - place.row <= LineTable::longest_row;
    };
    if (is_near(html_.place())) return TableForm::Html;
    if (asciidoc_.is_open()) {
        return is_near(asciidoc_.place()) ? TableForm::Asciidoc : TableForm::None;
    }
    if (line_is_known_) return line_table_.enter(window, hashes, line_);
    line_table_.leave();
    return TableForm::None;
}

const std::vector<Column>& ContextReader::columns_of(TableForm form) const noexcept {
    if (form == TableForm::Html) return html_.columns();
    return form == TableForm::Asciidoc ? asciidoc_.columns() : line_table_.columns();
}

ContextReader::Cell ContextReader::cell_of(const Window& window, TableForm form, Slice hash) {
    if (form == TableForm::None) return {};
    const std::vector<Column>& columns = columns_of(form);
    std::size_t column = most_cells;
    Cell cell;
    if (has_line_rows(form)) {
        // A row of values with more cells than the header has separators inside its cells.
        const Row& row = line_table_.row();
        const bool excess = form != TableForm::Pipes && row.cells.size() > columns.size() + 1;
        if (excess) return {};
        column = cell_at(row, hash.begin);
        if (column < row.cells.size()) cell.text = row.cells[column].begin;
    } else {
        const TablePlace place = form == TableForm::Html ? html_.place() : asciidoc_.place();
        column = place.column;
        cell.row = place.row;
        if (place.cell >= window.base && place.cell != TablePlace::nowhere) {
            cell.text = window.relative(place.cell);
        }
    }
    cell.index = column;
    if (column < columns.size()) cell.column = columns[column];
    return cell;
}

/// Counts the records of a row, whether or not anything asks for its cells.
void ContextReader::enter_row(RecordRow row) noexcept {
    if (row == record_row_) return;
    records_of_row_ = row.row == record_row_.row ? records_of_row_ + 1 : 1;
    record_row_ = row;
}

/// The row around a cell, split; without cells if too many records are of it.
const Row& ContextReader::row_of(const Window& window, const Record& record, const Cell& cell) {
    if (has_line_rows(record.form)) return line_table_.row();
    const std::size_t record_end = record.hashes.back().end;
    const RecordRow row{cell.row, window.base + record_end};
    if (row == split_row_) return row_;
    split_row_ = row;
    row_.cells.clear();
    if (records_of_row_ > most_records_of_row) return row_;
    const std::size_t end = std::min(window.text.size(), record_end + look_ahead);
    split_row(record.form, window.text, {window.relative(cell.row), end}, row_);
    const bool asciidoc = record.form == TableForm::Asciidoc;
    const RowSpans& spans = asciidoc ? asciidoc_.spans() : html_.spans();
    const bool cut = !row_.whole && end == record_end + look_ahead;
    if (cut && (!asciidoc || row_.cells.size() <= asciidoc_.width())) row_.cells.pop_back();
    spans.insert(record.form, window, cell.row, row_);
    if (asciidoc && row_.cells.size() > asciidoc_.width()) row_.cells.resize(asciidoc_.width());
    return row_;
}

/// The words of the cell in `column` of the row around `cell`; empty if there is none.
std::string ContextReader::told_in_cell(const Window& window, const Record& record,
                                        const Cell& cell, std::size_t column) {
    if (column == Column::none) return {};
    const Row& row = row_of(window, record, cell);
    if (column >= row.cells.size()) return {};
    return cell_text(record.form, row.cells[column].of(window.text));
}

/// What the cell before that of a hash says where no header does, as in tables of keys and values,
/// or the last cell of its row; else `label`.
Label ContextReader::label_in_key(const Window& window, const Record& record, const Cell& cell,
                                  const Label& label) {
    if (cell.index >= most_cells) return label;
    const bool has_keys = record.form == TableForm::Html || record.form == TableForm::Pipes;
    if (has_keys && cell.index > 0) {
        Label told = label_in_cell(window, record, cell, cell.index - 1);
        if (told.says != DigestLabel::None) return told;
    }
    if (record.hashes.size() > 1) return label;
    const Row& row = row_of(window, record, cell);
    const std::size_t last = row.cells.size() - 1;
    if (last == cell.index || last >= most_cells || !row.whole) return label;
    Label told = label_in_cell(window, record, cell, last);
    return is_special(told.says) && names_digest(LabelWords(told.text)) ? told : label;
}

/// What the words of a cell say if they are nothing but a label.
Label ContextReader::label_in_cell(const Window& window, const Record& record, const Cell& cell,
                                   std::size_t column) {
    const std::string cell_words = told_in_cell(window, record, cell, column);
    std::string words(second_type(cell_words));
    if (words.size() > longest_label || !is_plain(words) || holds_digest(words)) return {};
    const DigestLabel says = heading_label(LabelWords(words));
    return says != DigestLabel::None ? Label{std::move(words), says} : Label{};
}

/// The words that introduce a hash: in its cell, else the header of its column. If that does not
/// say of which digest it is, a cell for the type of the digest does, else what stands before.
Label ContextReader::label_of(const Window& window, const Record& record, std::size_t i,
                              Slice before) {
    const Cell& cell = record.cells[i];
    if (!cell.column) {
        Label label = label_before(window.text, before);
        return label.says != DigestLabel::None ? label : label_in_key(window, record, cell, label);
    }
    Label label = label_before(window.text, {std::max(before.begin, cell.text), before.end});
    if (!label.text.empty() || label.says != DigestLabel::None) return label;
    label = {cell.column->header, cell.column->labelled_as};
    if (label.says != DigestLabel::None) return label;
    // The first cell of a row may say it where each column is about another file.
    const std::vector<Column>& columns = columns_of(record.form);
    for (const std::size_t column : {cell.column->type, std::size_t{0}}) {
        if (column == Column::none || !columns[column].of_digests) continue;
        Label told = label_in_cell(window, record, cell, column);
        if (told.says != DigestLabel::None) return told;
    }
    Label across = label_before(window.text, before);
    const bool sure =
        across.says == DigestLabel::Sha256 || cell.index == 0 || columns[cell.index - 1].of_digests;
    return sure && across.says != DigestLabel::None ? across : label;
}

/// Lets the heading above say what a hash is that nothing else says it of, or of what it is a
/// SHA-256.
void ContextReader::apply_heading(std::string_view text, Slice before, bool in_table, bool only,
                                  Label& label) const {
    if (headings_.label() == DigestLabel::None || in_table) return;
    if (headings_.stands_alone() && !only) return;
    if (label.says == DigestLabel::None) {
        if (!is_listed(behind_heading(before.of(text)))) return;
        if (headings_.is_over_indented() && !headings_.holds(before.of(text))) return;
        label.says = headings_.label();
        if (label.text.empty()) label.text = headings_.text();
        return;
    }
    const bool plain =
        label.says == DigestLabel::Sha256 &&
        !LabelWords(label.text).has("file files sample image installer executable"_words);
    if (is_special(headings_.label()) && plain && headings_.holds(before.of(text)))
        label.says = headings_.label();
}

/// Sets the file names and operating systems, those of hashes that repeat the one before like that
/// one's. `last` is where the hash before the record ends.
void ContextReader::read_repeats(const Window& window, std::size_t last, const Record& record) {
    const auto again = [&](Slice left, Slice right) { return repeats(window.text, left, right); };
    if (std::ranges::adjacent_find(record.hashes, again) == record.hashes.end()) {
        return read_words(window, last, record);
    }
    std::vector<Slice> places;
    std::vector<std::size_t> place_of;
    for (std::size_t i = 0; i < record.hashes.size(); ++i) {
        const Slice hash = record.hashes[i];
        if (i > 0 && again(record.hashes[i - 1], hash)) {
            places.back().end = hash.end;
        } else {
            places.push_back(hash);
        }
        place_of.push_back(places.size() - 1);
    }
    std::vector<HashContext> contexts(places.size());
    Record whole{places, contexts, record.form, std::vector<Cell>(places.size()), record.first};
    for (std::size_t i = record.hashes.size(); i > 0; --i) {
        contexts[place_of[i - 1]].labelled_as = record.contexts[i - 1].labelled_as;
        whole.cells[place_of[i - 1]] = record.cells[i - 1];
    }
    read_words(window, last, whole);
    for (std::size_t i = 0; i < record.hashes.size(); ++i) {
        record.contexts[i].file_name = contexts[place_of[i]].file_name;
        record.contexts[i].platform = contexts[place_of[i]].platform;
    }
}

/// Sets the file names and operating systems. `last` is where the hash before the record ends.
void ContextReader::read_words(const Window& window, std::size_t last, const Record& record) {
    const std::string_view text = window.text;
    const std::span<const Slice> hashes = record.hashes;
    Gaps gaps(text, last, hashes);

    // A line of many hashes is several records; they keep the order of its first one.
    const bool goes_on = last > 0 && goes_on_through(text, {last, hashes.front().begin});
    if (!goes_on) order_ = {};
    if (!goes_on && !gaps.ends()) {
        gaps.names_come_first(order_.names_first);
        gaps.platforms_come_first(order_.platforms_first);
    }
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const ToldInObject told =
            record.cells[i].column ? ToldInObject() : told_in_object(text, record, i, gaps);
        if (told.named) {
            record.contexts[i].file_name = told.file_name;
        } else {
            read_name(window, record, i, gaps);
        }
        if (told.has_platform) {
            record.contexts[i].platform = told.platform;
        } else {
            read_platform(window, record, i, gaps);
        }
    }
}

/// What the keys of the object around a hash say of it. Where many hashes share a line only those
/// up to its neighbours count, as each would read the whole line.
ToldInObject ContextReader::told_in_object(std::string_view text, const Record& record,
                                           std::size_t i, const Gaps& gaps) {
    constexpr std::size_t most_hashes = 8;
    const std::size_t count = record.hashes.size();
    const bool few = count <= most_hashes;
    const Slice before{gaps.where(few ? 0 : i).begin, record.hashes[i].begin};
    const Slice after{record.hashes[i].end, gaps.where(few ? count : i + 1).end};
    return read_object(text, before, after);
}

void ContextReader::read_name(const Window& window, const Record& record, std::size_t i,
                              Gaps& gaps) {
    if (name_from_columns(window, record, i)) return;
    std::string& file_name = record.contexts[i].file_name;
    file_name = gaps.file_name(i, gaps.names_come_first(order_.names_first));
    if (!file_name.empty() || gaps.are_unsure()) prefer_whole_cell(window, record);
}

/// Sets the operating system of a hash, and its name if only the lines around have one.
void ContextReader::read_platform(const Window& window, const Record& record, std::size_t i,
                                  Gaps& gaps) {
    if (platform_from_columns(window, record, i)) return;
    HashContext& context = record.contexts[i];
    // Where a column is for operating systems, words in other cells are of something else.
    const bool in_column = record.cells[i].column && record.cells[i].column->os != Column::none;
    const bool first = gaps.platforms_come_first(order_.platforms_first);
    const auto said = in_column ? std::nullopt : gaps.platform(i, first);
    context.platform = said;
    if (context.file_name.empty() && is_field(window, record)) tell_around(window, record);
    const std::optional<Platform> of_file = platform_of_file(context.file_name);
    if (!context.platform) context.platform = of_file;
    const bool differs = said && of_file && said != of_file;
    if (differs && is_aside(window, record, i, gaps)) context.platform = of_file;
    if (!context.platform && !in_column) context.platform = gaps.only_platform();
    if (!context.platform) context.platform = run_platform_ = platform_over(window, record, i);
    if (!context.platform) context.platform = headings_.platform();
}

/// The operating system of which the line over a list is nothing but the name, for an item of that.
std::optional<Platform> ContextReader::platform_over(const Window& window, const Record& record,
                                                     std::size_t i) const {
    const std::size_t begin = record.hashes[i].begin;
    const bool in_line = line_is_known_ && window.base + begin - line_ <= LineTable::longest_row;
    if (!in_line || record.form != TableForm::None || asciidoc_.is_open()) return std::nullopt;
    const std::string_view before = Slice{window.relative(line_), begin}.of(window.text);
    const std::optional<Platform> platform = headings_.platform_over(before);
    return platform && is_listed(before) ? platform : std::nullopt;
}

/// Whether the operating system that the words around a hash name is that of something else: said
/// in a cell of many words, or in another clause than those of the hash and its name.
bool ContextReader::is_aside(const Window& window, const Record& record, std::size_t i,
                             Gaps& gaps) {
    constexpr std::size_t most_words = 3;
    const Platform platform = *record.contexts[i].platform;
    if (record.form == TableForm::None) return !gaps.stands_near(i, platform);
    const std::vector<Slice>& cells = row_of(window, record, record.cells[i]).cells;
    return std::ranges::none_of(cells, [&](Slice cell) {
        if (cell.size() > longest_label) return false;
        const std::string words = cell_text(record.form, cell.of(window.text));
        return std::ranges::count(words, ' ') < std::ptrdiff_t{most_words} &&
               platform_in_cell(words).platform == platform;
    });
}

/// Lets a cell that is nothing but a file name go before names among other words of the row, if
/// that has one hash and no column of names.
void ContextReader::prefer_whole_cell(const Window& window, const Record& record) {
    constexpr std::string_view between_words = "\t\n\"':=<>{}";
    if (record.form == TableForm::None || record.hashes.size() != 1) return;
    std::string& file_name = record.contexts[0].file_name;
    const Row& row = row_of(window, record, record.cells[0]);
    const auto is_name = [&](Slice cell) {  // as it is in most rows
        return cell.size() - file_name.size() <= 4 &&
               bare_cell(window.text, cell).of(window.text) == file_name;
    };
    if (!file_name.empty() && std::ranges::any_of(row.cells, is_name)) return;
    std::string found;
    for (const Slice cell : row.cells) {
        if (cell.size() > longest_name) continue;
        if (!has_known_extension(bare_cell(window.text, cell).of(window.text))) continue;
        const std::string words = cell_text(record.form, cell.of(window.text));
        const std::string name = name_in_cell(words, false);
        const bool whole = has_known_extension(name) && is_whole_name(words) &&
                           find_one_of(name, between_words) == name.size();
        if (!whole) continue;
        if (name == file_name) return;
        if (found.empty()) found = name;
    }
    if (!found.empty()) file_name = found;
}

/// Whether nothing but a key stands beside the only hash of a record, as far as its form says.
bool ContextReader::is_field(const Window& window, const Record& record) const noexcept {
    if (record.hashes.size() != 1 || !line_is_known_) return false;
    const bool named = record.cells[0].column.has_value() && has_names(columns_of(record.form));
    if (named) return false;
    if (record.form == TableForm::None) return !asciidoc_.is_open() && !html_.place().valid();
    const Row& row = line_table_.row();
    if (!has_line_rows(record.form) || !row.whole) return false;
    if (are_assigned(window.text, row)) return true;
    const std::size_t cells = row.cells.size();
    const bool indented = record.form == TableForm::Tabs && row.cells[0].empty();
    if (cells != (indented ? 3U : 2U)) return false;
    const bool part = record.form == TableForm::Pipes || record.form == TableForm::Tabs;
    const std::string_view last = row.cells[cells - 1].of(window.text);
    return part || skip_blanks(last, 0) == last.size();
}

/// Sets what the lines around the only hash of a record say of it, or the heading above.
void ContextReader::tell_around(const Window& window, const Record& record) {
    const Slice hash = record.first;
    HashContext& context = record.contexts[0];
    const std::size_t limit = std::min(window.text.size(), hash.end + Fields::reach_down);
    const Slice line{window.relative(line_), find_break(window.text, hash.end, limit)};
    const bool cut = line.end == limit && limit < window.text.size();
    if (!cut && line.size() <= LineTable::longest_row) {
        ToldInElements in_elements = read_elements(window.text, line, hash);
        const bool read = !in_elements.file_name.empty() || in_elements.platform;
        Fields::Told told =
            read ? Fields::Told{std::move(in_elements.file_name), in_elements.platform}
                 : fields_.read(window.text, line, hash, context.labelled_as);
        context.file_name = std::move(told.file_name);
        if (!context.platform) context.platform = run_platform_ = told.platform;
    }
    const std::string& over = headings_.file_name();
    const bool named = !context.file_name.empty();
    // What is indented below a name has it; what follows is of another file.
    const bool indented = context.file_name == over && headings_.indents(window.text, line);
    if (over.empty() || (named && !indented)) return;
    const bool only = !headings_.has_taken(context.labelled_as);
    headings_.take_hash(context.labelled_as);
    if (!named && only && !is_followed(window, record.hashes[0], context.labelled_as)) {
        context.file_name = over;
    }
}

/// Whether another hash of the same kind follows in the section of a heading that is a file name:
/// then that may be the name of neither. One with a name of its own is of another file.
bool ContextReader::is_followed(const Window& window, Slice hash, DigestLabel says) const {
    const std::string_view text = window.text;
    const std::string_view head = text.substr(0, std::min(text.size(), hash.end + look_ahead / 2));
    Slice next = next_digits(head, hash.end, Sha256::hex_count);
    while (next.size() > Sha256::hex_count) {
        next = next_digits(head, next.end, Sha256::hex_count);
    }
    if (next.empty()) return false;
    Headings headings = headings_;
    Slice line{hash.end, find_break(head, hash.end, head.size())};
    while (line.end < next.begin) {
        line.begin = line.end + line_break_at(head, line.end);
        line.end = find_break(head, line.begin, head.size());
        if (line.end < next.begin) headings.read(line.of(text));
        if (headings.file_name() != headings_.file_name()) return false;
    }
    if (file_names(text, line).first) return false;
    return label_before(text, {line.begin, next.begin}).says == says;
}

/// Which of the hashes in its cell a hash is.
ItemOfCell ContextReader::item_in_cell(const Window& window, const Record& record, std::size_t i) {
    const Cell& cell = record.cells[i];
    const Row& row = row_of(window, record, cell);
    if (cell.index >= row.cells.size()) return {};
    return item_of_cell(window.text, row.cells[cell.index], record.hashes[i]);
}

/// Sets the name of a hash in a table that has a column of names; whether it does.
bool ContextReader::name_from_columns(const Window& window, const Record& record, std::size_t i) {
    const Cell& cell = record.cells[i];
    if (!cell.column) return false;
    std::string& file_name = record.contexts[i].file_name;
    file_name = file_name_in_header(*cell.column);
    if (!file_name.empty()) return true;
    if (!has_names(columns_of(record.form))) return false;
    const std::size_t name = cell.column->name;
    if (name == Column::none) return true;
    const Column& names = columns_of(record.form)[name];
    const std::string words = told_in_cell(window, record, cell, name);
    const ItemOfCell item = item_in_cell(window, record, i);
    file_name = item.count > 1 ? name_of_item(words, item, names.names_surely)
                               : name_in_cell(words, names.names_surely);
    if (!names.names_perhaps) return true;
    if (!has_known_extension(file_name)) file_name.clear();
    return !file_name.empty();
}

/// Sets the operating system of a hash in a table if its column or its row tells it.
bool ContextReader::platform_from_columns(const Window& window, const Record& record,
                                          std::size_t i) {
    const Cell& cell = record.cells[i];
    if (!cell.column) return false;
    std::optional<Platform>& platform = record.contexts[i].platform;
    platform = cell.column->platform;
    if (platform || cell.column->os == Column::none) return platform.has_value();
    const std::string words = told_in_cell(window, record, cell, cell.column->os);
    const ItemOfCell item = item_in_cell(window, record, i);
    const auto told = item.count > 1 ? platform_of_item(words, item) : platform_in_cell(words);
    platform = told.platform;
    return told.told;
}

}  // namespace libblock::detail
