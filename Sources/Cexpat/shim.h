#ifndef BINHCHON_CEXPAT_H
#define BINHCHON_CEXPAT_H

#include <expat.h>

#endif
