#include "libblock/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "libblock/detail/comments.hpp"
#include "libblock/detail/document_fields.hpp"
#include "libblock/detail/file.hpp"
#include "libblock/detail/package_document.hpp"
#include "libblock/detail/pointer.hpp"
#include "libblock/detail/policy_document.hpp"
#include "libblock/detail/yaml_reader.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

constexpr std::string_view modeline_mark = "yaml-language-server:";

// ---- locations ---------------------------------------------------------------------------------

/// A list whose items go by the value of one of their keys. All others go by their index.
struct NamedList {
    std::string_view list;
    std::string_view key;
};

constexpr std::array<NamedList, 3> named_lists_of_policies{{
    {"packages", "name"},
    {"groups", "path"},
    {"states", "package"},
}};

/// The last part of the pointer to an item of `list`.
std::string name_of_item(std::string_view list, const detail::YamlNode& item, std::size_t index) {
    const auto* const named =
        std::find_if(named_lists_of_policies.begin(), named_lists_of_policies.end(),
                     [&](const NamedList& each) { return each.list == list; });
    if (named == named_lists_of_policies.end()) return fmt::format("/{}", index);
    return detail::json_pointer({detail::find_value(item, named->key)->text});
}

/// Records a node of a document that is valid, and all below it; of hashes only the items, which
/// may be many. `list` is the key of the node if that is a list.
void record(const detail::YamlNode& node, std::string_view list, const std::string& pointer,
            Locations& locations) {
    locations[pointer] = node.position;
    if (node.kind == detail::YamlKind::Mapping) {
        for (std::size_t i = 0; i < node.items.size(); i += 2) {
            const std::string& key = node.items[i].text;
            record(node.items[i + 1], key, pointer + detail::json_pointer({key}), locations);
        }
        return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const detail::YamlNode& item = node.items[i];
        const std::string below = pointer + name_of_item(list, item, i);
        if (list == "hashes") {
            locations[below] = item.position;
        } else {
            record(item, {}, below, locations);
        }
    }
}

Locations locations_of(const detail::YamlNode& root) {
    Locations locations;
    record(root, {}, "", locations);
    return locations;
}

// ---- loading -----------------------------------------------------------------------------------

/// Reads a file and parses it; what is refused in it names it.
template <typename Parse>
auto load(const std::filesystem::path& path, Parse parse) {
    const std::string yaml = detail::read_file(path, limits::document_bytes);
    try {
        return parse(yaml);
    } catch (const Error& error) {
        if (!error.file().empty()) throw;  // it is about a hash list
        throw error.in_file(detail::to_utf8(path));
    }
}

// ---- saving ------------------------------------------------------------------------------------

/// A document that is about to be replaced.
struct OldDocument {
    std::string header;
    std::vector<std::string> lists;
};

std::vector<std::string> lists_of(std::string_view yaml) {
    try {
        return detail::named_lists(detail::parse_yaml(yaml));
    } catch (const Error&) {
        return {};  // whatever the file was, it named no lists
    }
}

void require_no_loss(const detail::Comments& comments, const std::filesystem::path& path,
                     const SaveOptions& options) {
    if (!comments.next || options.drop_comments) return;
    throw Error(ErrorCode::CommentsAtRisk,
                "saving would lose this comment: only those above the first key are kept",
                detail::to_utf8(path), *comments.next);
}

/// Whether the name is taken, be it by a link that leads nowhere.
bool is_taken(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

void require_absent(const std::filesystem::path& path) {
    if (!is_taken(path)) return;
    throw Error(ErrorCode::AlreadyExists, "there is such a file already", detail::to_utf8(path));
}

OldDocument read_old(const std::filesystem::path& path, const SaveOptions& options) {
    const auto yaml = detail::read_if_exists(path, limits::document_bytes);
    if (!yaml) return {};
    detail::Comments comments = detail::find_comments(*yaml);
    require_no_loss(comments, path, options);
    return {std::move(comments.header), lists_of(*yaml)};
}

/// The text with the comments of the old file in the place of its first line.
std::string with_header(const std::string& text, const std::string& header) {
    const std::size_t first_line = text.find('\n') + 1;
    const bool has_modeline = header.find(modeline_mark) != std::string::npos;
    std::string whole = (has_modeline ? "" : text.substr(0, first_line)) + header;
    whole += std::string_view(text).substr(first_line);
    if (whole.size() > limits::document_bytes) {
        throw Error(ErrorCode::LimitExceeded,
                    fmt::format("with the comments at its head the document would have {} bytes, "
                                "more than {}",
                                whole.size(), limits::document_bytes));
    }
    return whole;
}

/// Refuses to write a list over a file that the old document does not name: it may be another's.
void require_own(const std::filesystem::path& path, const SideFile& list, const OldDocument& old) {
    if (std::find(old.lists.begin(), old.lists.end(), list.file) != old.lists.end()) return;
    const auto bytes = detail::read_if_exists(path, limits::hash_list_bytes);
    if (!bytes || *bytes == list.bytes) return;
    throw Error(ErrorCode::AlreadyExists,
                "there is such a file already, and the document does not name it as its list",
                detail::to_utf8(path));
}

/// Removes the lists that the old document named and the new one does not. A list with a name of
/// the author's own is left alone: others may name it too.
void remove_stale(const std::filesystem::path& folder, std::string_view stem,
                  const OldDocument& old, const std::vector<SideFile>& lists) {
    for (const std::string& file : old.lists) {
        const bool in_use = std::any_of(lists.begin(), lists.end(),
                                        [&](const SideFile& list) { return list.file == file; });
        if (in_use || !detail::is_list_name(file, stem)) continue;
        std::error_code ignored;  // a list too many does no harm
        std::filesystem::remove(folder / detail::from_utf8(file), ignored);
    }
}

/// Writes a document and its lists. All files are written before the first is replaced; the
/// document is replaced last.
void save(const DocumentText& text, const std::filesystem::path& path, const SaveOptions& options) {
    if (options.must_be_new) require_absent(path);
    const OldDocument old = read_old(path, options);
    const std::filesystem::path folder = path.parent_path();
    std::vector<detail::StagedFile> staged;
    for (const SideFile& list : text.lists) {
        const std::filesystem::path list_path = folder / detail::from_utf8(list.file);
        require_own(list_path, list, old);
        staged.emplace_back(list_path, list.bytes);
    }
    staged.emplace_back(path, with_header(text.yaml, old.header));
    for (auto& file : staged) file.commit();
    remove_stale(folder, detail::to_utf8(path.stem()), old, text.lists);
}

// ---- documents of targets ----------------------------------------------------------------------

std::filesystem::path path_in(const std::filesystem::path& folder, const std::string& name) {
    const std::filesystem::path path = detail::from_utf8(name);
    if (path.has_filename() && path == path.filename() && name != "." && name != "..") {
        return folder / path;
    }
    throw Error(ErrorCode::InvalidValue,
                fmt::format("{} is no name of a file in a folder", detail::quote(name)));
}

/// Whether the file has other bytes, or none yet.
bool differs(const std::filesystem::path& path, const std::string& text, bool overwrite) {
    if (!is_taken(path)) return true;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size == text.size() && detail::read_file(path, text.size()) == text) return false;
    if (!overwrite) require_absent(path);
    return true;
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) return;
    throw Error(ErrorCode::FileAccess,
                fmt::format("the folder cannot be made: {}", error.message()),
                detail::to_utf8(folder));
}

}  // namespace

std::vector<std::string> save_documents(const std::vector<ExportedDocument>& documents,
                                        const std::filesystem::path& folder, bool overwrite) {
    std::vector<const ExportedDocument*> changed;
    for (const ExportedDocument& each : documents) {
        if (differs(path_in(folder, each.name), each.text, overwrite)) changed.push_back(&each);
    }
    if (!changed.empty()) make_folder(folder);
    std::vector<detail::StagedFile> staged;
    std::vector<std::string> names;
    for (const ExportedDocument* each : changed) {
        staged.emplace_back(path_in(folder, each->name), each->text);
        names.push_back(each->name);
    }
    for (auto& file : staged) file.commit();
    return names;
}

Position locate(const Locations& locations, std::string_view pointer) {
    for (;;) {
        const auto location = locations.find(std::string(pointer));
        if (location != locations.end()) return location->second;
        const std::size_t slash = pointer.rfind('/');
        if (slash == std::string_view::npos) return {};
        pointer = pointer.substr(0, slash);
    }
}

PackageDocument parse_package(std::string_view yaml, const std::filesystem::path& folder) {
    const detail::YamlNode root = detail::parse_yaml(yaml);
    return {detail::read_package(root, folder), locations_of(root)};
}

PackageDocument load_package(const std::filesystem::path& path) {
    const std::filesystem::path folder = detail::follow_links(path).parent_path();
    return load(path, [&](const std::string& yaml) { return parse_package(yaml, folder); });
}

PolicyDocument parse_policy(std::string_view yaml) {
    const detail::YamlNode root = detail::parse_yaml(yaml);
    return {detail::read_policy(root), locations_of(root)};
}

PolicyDocument load_policy(const std::filesystem::path& path) {
    return load(path, parse_policy);
}

DocumentText format_package(const Package& package, std::string_view stem) {
    return detail::write_package(package, stem);
}

std::string format_policy(const Policy& policy) {
    return detail::write_policy(policy);
}

void save_package(const Package& package, const std::filesystem::path& path,
                  const SaveOptions& options) {
    const std::filesystem::path target = detail::follow_links(path);
    save(format_package(package, detail::to_utf8(target.stem())), target, options);
}

void save_policy(const Policy& policy, const std::filesystem::path& path,
                 const SaveOptions& options) {
    save({format_policy(policy), {}}, detail::follow_links(path), options);
}

}  // namespace libblock
