# SPDX-License-Identifier: Apache-2.0
# Certificates and kubeconfigs. Sourced, never run.
# shellcheck shell=bash

PKI=$RUN/pki

new_ca() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -keyout "$PKI/$1.key" -out "$PKI/$1.crt" -subj "/CN=lab-$1" 2>/dev/null
}

new_cert() { # NAME CA SUBJECT EXTENSIONS
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$PKI/$1.key" -subj "$3" 2>/dev/null |
  openssl x509 -req -days 3650 -CA "$PKI/$2.crt" -CAkey "$PKI/$2.key" -set_serial "0x$(openssl rand -hex 8)" \
    -extfile <(printf '%s\n' "$4") -out "$PKI/$1.crt" 2>/dev/null || die "certificate $1 failed"
}

CLIENT='extendedKeyUsage=clientAuth'

new_kubeconfig() { # FILE CERT-NAME
  cat > "$1" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster:
    server: $API
    certificate-authority-data: $(base64 -w0 < "$PKI/ca.crt")
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w0 < "$PKI/$2.crt")
    client-key-data: $(base64 -w0 < "$PKI/$2.key")
contexts:
- name: lab
  context: {cluster: lab, user: $2}
current-context: lab
YAML
  chmod 600 "$1"
}

make_pki() {
  mkdir -p "$PKI"; chmod 700 "$PKI"
  new_ca ca
  new_ca front-proxy-ca
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/sa.key"
  openssl ec -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub" 2>/dev/null
  new_cert apiserver ca /CN=kube-apiserver "extendedKeyUsage=serverAuth
subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:10.96.0.1,IP:$UNDERLAY.11,IP:127.0.0.1"
  new_cert apiserver-kubelet-client ca /O=system:masters/CN=apiserver-kubelet-client "$CLIENT"
  new_cert front-proxy-client front-proxy-ca /CN=front-proxy-client "$CLIENT"
  new_cert admin ca /O=system:masters/CN=admin "$CLIENT"
  local name
  for name in kube-controller-manager kube-scheduler kube-proxy; do
    new_cert $name ca "/CN=system:$name" "$CLIENT"
    new_kubeconfig "$RUN/$name.kubeconfig" $name
  done
  new_kubeconfig "$KUBECONFIG_ADMIN" admin
}

make_node_pki() { # NODE
  new_cert "$1" ca "/O=system:nodes/CN=system:node:$1" "$CLIENT"
  new_cert "$1-serving" ca "/O=system:nodes/CN=system:node:$1" "extendedKeyUsage=serverAuth
subjectAltName=DNS:$1,IP:$(node_ip "$1")"
  new_kubeconfig "$RUN/$1.kubeconfig" "$1"
}
