#ifndef BINHCHON_COPENSSL_H
#define BINHCHON_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* Only what Swift cannot see: function-like macros, variadic functions and computed constants. */

static inline int bc_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int bc_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}

static inline int bc_SSL_CTX_set1_groups_list(SSL_CTX *context, const char *list) {
  return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline int bc_SSL_CTX_set1_sigalgs_list(SSL_CTX *context, const char *list) {
  return (int)SSL_CTX_set1_sigalgs_list(context, list);
}

static inline void bc_SSL_CTX_set_mode(SSL_CTX *context, long mode) { (void)SSL_CTX_set_mode(context, mode); }

static inline void bc_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
  (void)SSL_CTX_set_session_cache_mode(context, mode);
}

static inline void bc_SSL_CTX_set_max_cert_list(SSL_CTX *context, long bytes) {
  (void)SSL_CTX_set_max_cert_list(context, bytes);
}

static inline int bc_SSL_CTX_add0_chain_cert(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add0_chain_cert(context, certificate);
}

static inline int bc_SSL_CTX_set_ticket_keys(SSL_CTX *context, void *keys, long length) {
  return (int)SSL_CTX_set_tlsext_ticket_keys(context, keys, length);
}

static inline int bc_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline uint64_t bc_SSL_OP_NO_RENEGOTIATION(void) { return SSL_OP_NO_RENEGOTIATION; }

static inline uint64_t bc_SSL_OP_NO_COMPRESSION(void) { return SSL_OP_NO_COMPRESSION; }

static inline uint64_t bc_SSL_OP_CIPHER_SERVER_PREFERENCE(void) { return SSL_OP_CIPHER_SERVER_PREFERENCE; }

static inline uint64_t bc_SSL_OP_NO_TICKET(void) { return SSL_OP_NO_TICKET; }

static inline void bc_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline void bc_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline long bc_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

static inline EVP_PKEY *bc_EVP_P256_generate(void) { return EVP_EC_gen("P-256"); }

static inline void bc_X509V3_set_ctx_nodb(X509V3_CTX *context) { X509V3_set_ctx_nodb(context); }

static inline unsigned long bc_XN_FLAG_RFC2253_UTF8(void) { return XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB; }

#endif
