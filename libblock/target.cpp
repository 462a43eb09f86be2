#include "libblock/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "libblock/detail/suggest.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"

namespace libblock {
namespace {

std::vector<Target> targets_of(const std::vector<detail::TargetDefinition>& definitions) {
    std::vector<Target> all;
    all.reserve(definitions.size());
    std::transform(definitions.begin(), definitions.end(), std::back_inserter(all),
                   [](const auto& definition) { return definition.target; });
    return all;
}

[[noreturn]] void refuse_name(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Target& target : targets()) names.push_back(target.name);
    throw Error(ErrorCode::NotFound, fmt::format("there is no target {}{}", detail::quote(name),
                                                 detail::did_you_mean(name, names)));
}

}  // namespace

const detail::TargetDefinition& detail::find_definition(std::string_view name) {
    const auto& all = target_definitions();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return each.target.name == name; });
    if (found == all.end()) refuse_name(name);
    return *found;
}

const std::vector<Target>& targets() {
    static const std::vector<Target> all = targets_of(detail::target_definitions());
    return all;
}

const Target& find_target(std::string_view name) {
    return detail::find_definition(name).target;
}

}  // namespace libblock
