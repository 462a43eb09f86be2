#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/context_blocks.hpp"
#include "libblock/detail/context_cells.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_fields.hpp"
#include "libblock/detail/context_headings.hpp"
#include "libblock/detail/context_line_table.hpp"
#include "libblock/detail/context_objects.hpp"
#include "libblock/detail/context_records.hpp"
#include "libblock/detail/context_rows.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// What a text says of its hashes, read on a walk through it.
namespace libblock::detail {

/// Reads what a text says of its hashes, record by record.
///
/// A record is a line, or less where an object, a table row or a list item ends within the line;
/// words further than 512 bytes from each hash belong to none.
///
/// The name and the operating system of a hash in a table with a header are those of the columns
/// that the headers assign to it; the header is the first line of the table or stands above a rule,
/// and no row below replaces it. A hash that is a value in an object of JSON takes those of its
/// keys. Elsewhere a name belongs to the hash that it is bound to: `name: `, `name (SHA256: `. The
/// other words of a kind stand all after their hashes or all before them: before, if there is one
/// before the first hash and none after the last; names also if each stands directly before its
/// hash and not directly behind one. A hash takes the nearest word on that side that no other hash
/// parts it from; if there is none, the nearest on the other side, unless that is its neighbour's.
/// The only hash of a record takes neither of two names if it stands beside none. A hash without an
/// operating system of its own, or with one that is said aside, has that of its file's extension,
/// else the only one of its record, else that of a line over it that names nothing else, else that
/// of the heading above it. A hash that is the only one of its line and has no name there takes
/// name and operating system from the fields of its block or the elements of XML around it, and the
/// name from a heading that is one, unless other hashes of that kind are below the heading.
///
/// What it keeps from record to record are values, and they depend on the text alone: not on how
/// the windows cut it. A header and a heading stand at most 64 KiB before the next hash. Takes time
/// linear in the text.
class ContextReader {
public:
    /// The part of the text before and after a record that `read` looks at.
    static constexpr std::size_t look_back = 65536;
    static constexpr std::size_t look_ahead = LineTable::look_ahead;

    /// `labels_only`: only `HashContext::labelled_as` is wanted.
    ContextReader(const ScanKernel& kernel, bool labels_only)
        : kernel_(kernel), labels_only_(labels_only) {}

    /// Takes up to 4 KiB of the head of the text, for the header of a CSV file that stands further
    /// from its rows than the window reaches. Call it before `read`, if at all.
    void begin(std::string_view head) { line_table_.begin(head); }

    /// Sets `contexts[i]`, which must be as new, to what the text says of `hashes[i]`. The hashes
    /// are all those of one record, in reading order, as offsets in the window's text; records come
    /// in reading order too. The window holds at least `look_back` bytes (or all there is) before
    /// the first hash and `look_ahead` bytes (or all there is) after the last.
    void read(const Window& window, std::span<const Slice> hashes, std::span<HashContext> contexts);

private:
    /// Whether the words of a kind stand before their hashes, once someone has asked; kept for a
    /// line whose hashes are too many for one record.
    struct Order {
        std::optional<bool> names_first;
        std::optional<bool> platforms_first;
    };

    /// The place of a hash in a table.
    struct Cell {
        std::optional<Column> column;    ///< none without a header; the table may be left meanwhile
        std::size_t index = most_cells;  ///< of its column, with a header or without
        std::size_t text = 0;            ///< where the cell begins
        std::uint64_t row = TablePlace::nowhere;  ///< where its row begins, if it is no line
    };

    struct Record {
        std::span<const Slice> hashes;
        std::span<HashContext> contexts;
        TableForm form = TableForm::None;
        std::vector<Cell> cells;  ///< of the hashes
        Slice first;              ///< the first hash, without what repeats it
    };

    /// A row that is no line, for the record that ends where.
    struct RecordRow {
        std::uint64_t row = TablePlace::nowhere;
        std::uint64_t record_end = 0;

        bool operator==(const RecordRow&) const = default;
    };

    bool continues_run(const Window& window, std::span<const Slice> hashes) const noexcept;
    void tell_heading(HashContext& context) const;
    void forget() noexcept;
    void advance(const Window& window, std::size_t to);
    void end_line(const Window& window, Slice line);

    TableForm find_table(const Window& window, std::span<const Slice> hashes);
    const std::vector<Column>& columns_of(TableForm form) const noexcept;
    Cell cell_of(const Window& window, TableForm form, Slice hash);
    void enter_row(RecordRow row) noexcept;
    const Row& row_of(const Window& window, const Record& record, const Cell& cell);
    std::string told_in_cell(const Window& window, const Record& record, const Cell& cell,
                             std::size_t column);

    Label read_labels(const Window& window, std::uint64_t last, Record& record);
    void end_record(const Window& window, const Record& record, Label half);
    void enter_cell(const Window& window, Record& record, std::size_t i);
    Label own_label(const Window& window, const Record& record, std::size_t i, Slice before);
    Label label_in_cell(const Window& window, const Record& record, const Cell& cell,
                        std::size_t column);
    Label label_in_key(const Window& window, const Record& record, const Cell& cell,
                       const Label& label);
    static Label or_label_behind(const Window& window, const Record& record, std::size_t i,
                                 Label label);
    Label label_of(const Window& window, const Record& record, std::size_t i, Slice before);
    bool continues_series(std::string_view text, Slice between, Slice hash) const noexcept;
    void apply_heading(std::string_view text, Slice before, bool in_table, bool only,
                       Label& label) const;
    void read_words(const Window& window, std::size_t last, const Record& record);
    void read_repeats(const Window& window, std::size_t last, const Record& record);
    bool is_second_half(const Window& window, std::span<const Slice> hashes,
                        const Label& label) const noexcept;
    static ToldInObject told_in_object(std::string_view text, const Record& record, std::size_t i,
                                       const Gaps& gaps);
    void read_name(const Window& window, const Record& record, std::size_t i, Gaps& gaps);
    void read_platform(const Window& window, const Record& record, std::size_t i, Gaps& gaps);
    std::optional<Platform> platform_over(const Window& window, const Record& record,
                                          std::size_t i) const;
    bool is_aside(const Window& window, const Record& record, std::size_t i, Gaps& gaps);
    void prefer_whole_cell(const Window& window, const Record& record);
    bool is_field(const Window& window, const Record& record) const noexcept;
    bool is_followed(const Window& window, Slice hash, DigestLabel says) const;
    void tell_around(const Window& window, const Record& record);
    bool name_from_columns(const Window& window, const Record& record, std::size_t i);
    ItemOfCell item_in_cell(const Window& window, const Record& record, std::size_t i);
    bool platform_from_columns(const Window& window, const Record& record, std::size_t i);

    const ScanKernel& kernel_;
    bool labels_only_;
    std::uint64_t at_ = 0;       ///< up to where the text is read
    std::uint64_t line_ = 0;     ///< where the line at `at_` begins
    bool line_is_known_ = true;  ///< whether its beginning has been seen
    bool line_has_hash_ = false;
    bool in_run_ = false;  ///< whether the last hash stood alone on its line, outside of tables
    std::optional<Platform> run_platform_;  ///< that fields or a line over that one name
    Headings headings_;
    Fields fields_;
    HtmlTable html_;
    AsciidocTable asciidoc_;
    LineTable line_table_;
    Order order_;
    Label half_;                      ///< of the last hash, if another may be its second half
    std::uint64_t half_end_ = 0;      ///< where that hash ends
    Label series_;                    ///< of the last hash, if others that follow have it too
    Row row_;                         ///< the last one split that is no line
    RecordRow record_row_;            ///< the last one entered
    std::size_t records_of_row_ = 0;  ///< how many records have entered that row
    RecordRow split_row_;             ///< what `row_` is of
};

}  // namespace libblock::detail
