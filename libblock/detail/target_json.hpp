#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"

/// What the targets that write JSON for the interfaces of other products have in common.
namespace libblock::detail {

/// Objects whose members stay in the order in which they were added, as people read them.
using OrderedJson = nlohmann::ordered_json;

/// A document of one value, indented, with a line end.
std::string json_document(const OrderedJson& value);

/// A value on a line of its own, in ASCII: what may not be changed, such as the value of a
/// criterion, is escaped.
std::string json_line(const OrderedJson& value);

/// Which package a document or an item is from, for fields that hold free text: name, version,
/// digest and tool.
std::string source_text(const Part& part);

/// What an item says of a hash: the name of the file, if it has one, and of the package.
std::string title_of(const Part& part, const HashEntry& entry);

/// The items of a setting that holds several, separated by commas; blanks around them do not count.
std::vector<std::string> listed(const Output& output, const std::string& setting);

/// The entries of each part that find room in the limit of the target, where that is one for all
/// packages together. Reports the others.
std::vector<HashEntries> within_limit(std::span<const Part> parts, Output& output);

/// Some entries of a part, and where among the parts of the same size they stand.
struct Chunk {
    std::vector<HashEntry> entries;
    std::size_t index = 0;
    std::size_t count = 1;
};

/// The entries in pieces of at most `size`, of which 0 means all at once.
std::vector<Chunk> chunks_of(const HashEntries& entries, std::size_t size);

/// The name of the document of a chunk: "3cx.csv", or "3cx.01.csv" if there are several. No stem
/// holds a dot, so that no other package has that name.
std::string chunk_name(const Part& part, const Chunk& chunk, std::string_view extension);

}  // namespace libblock::detail
