#include "libblock/detail/xml.hpp"

#include "support.hpp"
