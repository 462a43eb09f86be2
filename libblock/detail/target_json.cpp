#include "libblock/detail/target_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/capability_fit.hpp"
#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/version.hpp"

namespace libblock::detail {
std::string json_document(const OrderedJson& value) {
    return value.dump(2) + '\n';
}

std::string json_line(const OrderedJson& value) {
    constexpr int without_indent = -1;
    constexpr bool ascii = true;
    return value.dump(without_indent, ' ', ascii) + '\n';
}

std::string source_text(const Part& part) {
    return fmt::format("libblock {}, package {} version {}, digest {}", version,
                       harmless(part.package.name(), 96), part.package.version(),
                       part.digest.to_string());
}

std::string title_of(const Part& part, const HashEntry& entry) {
    const std::string package = harmless(part.package.name(), 96);
    const std::string file = harmless(entry.file_name, 96);
    return file.empty() ? package : fmt::format("{}: {}", package, file);
}

std::vector<std::string> listed(const Output& output, const std::string& setting) {
    std::string_view rest = output.setting(setting);
    std::vector<std::string> items;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string_view item = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
    }
    return items;
}

std::vector<HashEntries> within_limit(std::span<const Part> parts, Output& output) {
    const Target& target = output.target();
    const std::size_t limit = target.capabilities.limits.entries;
    const Cause full{
        LossKind::LeftOut, LossReason::Limit,
        fmt::format("{} takes at most {} hashes of all packages together", target.engine, limit)};
    std::size_t matching = 0;
    for (const Part& part : parts) matching += count_matching(target, part.entries.table());
    Places places(limit, matching);
    std::vector<HashEntries> within;
    for (const Part& part : parts) {
        const EntryTable& all = part.entries.table();
        EntryTable fitting;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (places.take(can_match(target, all, i))) {
                fitting.push(all, i);
            } else {
                output.lose(part, full, all.entry(i));
            }
        }
        within.emplace_back(std::move(fitting));
    }
    return within;
}

std::vector<Chunk> chunks_of(const HashEntries& entries, std::size_t size) {
    if (size == 0) size = std::max<std::size_t>(entries.size(), 1);
    const std::size_t count = (entries.size() + size - 1) / size;
    std::vector<Chunk> chunks(count);
    std::size_t i = 0;
    for (const HashEntry& entry : entries) chunks[i++ / size].entries.push_back(entry);
    for (std::size_t index = 0; index < count; ++index) {
        chunks[index].index = index;
        chunks[index].count = count;
    }
    return chunks;
}

std::string chunk_name(const Part& part, const Chunk& chunk, std::string_view extension) {
    if (chunk.count == 1) return fmt::format("{}.{}", part.stem, extension);
    const std::size_t digits = fmt::formatted_size("{}", chunk.count);
    return fmt::format("{}.{:0{}}.{}", part.stem, chunk.index + 1, digits, extension);
}

}  // namespace libblock::detail
