#ifndef BINHCHON_COPENSSL_H
#define BINHCHON_COPENSSL_H

#include <openssl/ssl.h>

#endif
