#!/bin/sh
# Deploys numink on IBM Cloud Code Engine, and removes it again.
#
#   deploy/code-engine.sh [--dry-run] deploy              create or update everything: project to application and job
#   deploy/code-engine.sh [--dry-run] run IN OUT [N]      run the job over two folders of the bucket with N instances
#   deploy/code-engine.sh [--dry-run] status              show the application's address and the job
#   deploy/code-engine.sh [--dry-run] remove [--project]  delete application, job, build and secrets (and the project)
#
# Every command can be repeated: existing resources are updated, not created twice. --dry-run prints the commands and
# runs none. Settings come from the environment (defaults are below):
#   REGION RESOURCE_GROUP PROJECT APP    region, resource group, and names of the project and the application
#   NAMESPACE TAG                        of the image in IBM's container registry
#   CLOUDANT [CLOUDANT_PLAN]             name of the Cloudant instance for the history; created if it does not exist
#   MAX_SCALE                            most instances: 3 with Cloudant, 1 without (each would have its own history)
#   BUCKET                               Object Storage bucket that the job reads and writes
#   DOMAIN TLS_CERT TLS_KEY              your own domain, with the files of its certificate chain and private key
#   SECRETS                              file of more NAME=value lines for the application, such as NUMINK_SMTP_PASSWORD
#   IBMCLOUD_API_KEY_FILE                API key as downloaded from IBM (a JSON file); without it, log in first
# Secrets never appear in a command: they are passed in files that only you can read.
set -eu

REGION=${REGION:-us-south}
RESOURCE_GROUP=${RESOURCE_GROUP:-Default}
PROJECT=${PROJECT:-numink}
APP=${APP:-numink}
NAMESPACE=${NAMESPACE:-$PROJECT}
CLOUDANT=${CLOUDANT:-} CLOUDANT_PLAN=${CLOUDANT_PLAN:-lite}
BUCKET=${BUCKET:-} DOMAIN=${DOMAIN:-} TLS_CERT=${TLS_CERT:-} TLS_KEY=${TLS_KEY:-} SECRETS=${SECRETS:-}
KEY_FILE=${IBMCLOUD_API_KEY_FILE:-}
MAX_SCALE=${MAX_SCALE:-$([ -n "$CLOUDANT" ] && echo 3 || echo 1)}
ROOT=$(cd "$(dirname "$0")/.." && pwd)
TAG=${TAG:-$(git -C "$ROOT" rev-parse --short=12 HEAD 2>/dev/null || echo latest)}
case $REGION in # the registry has names of its own for the regions
us-south) REGISTRY=us.icr.io ;; us-east) REGISTRY=us.icr.io ;; eu-gb) REGISTRY=uk.icr.io ;; eu-de) REGISTRY=de.icr.io ;;
jp-tok) REGISTRY=jp.icr.io ;; jp-osa) REGISTRY=jp2.icr.io ;; au-syd) REGISTRY=au.icr.io ;; ca-tor) REGISTRY=ca.icr.io ;;
br-sao) REGISTRY=br.icr.io ;; eu-es) REGISTRY=es.icr.io ;;
*) echo "code-engine.sh: REGION is $REGION, for which this script knows no registry" >&2; exit 2 ;;
esac
IMAGE=private.$REGISTRY/$NAMESPACE/$APP:$TAG
DRY='' WORK=''

fail() { echo "code-engine.sh: $1" >&2; exit "${2:-2}"; }
say() { echo "== $*" >&2; }

# Runs a command that changes something; in a dry run, prints it.
ibm() {
  if [ -z "$DRY" ]; then ibmcloud "$@"; return; fi
  printf ibmcloud
  for word; do
    case $word in *[!A-Za-z0-9_./:=@,+-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  echo
}

# Succeeds if a resource exists. In a dry run no resource does.
exists() { [ -z "$DRY" ] && ibmcloud "$@" >/dev/null 2>&1; }

# upsert KIND NAME OPTIONS: creates or updates a resource of the project.
upsert() {
  kind=$1 name=$2
  shift 2
  if exists ce "$kind" get --name "$name"; then ibm ce "$kind" update --name "$name" "$@"; else ibm ce "$kind" create --name "$name" "$@"; fi
}

# upsert_secret NAME FORMAT OPTIONS: creates or updates a secret; only `create` takes its format.
upsert_secret() {
  name=$1 format=$2
  shift 2
  if exists ce secret get --name "$name"; then ibm ce secret update --name "$name" "$@"; else ibm ce secret create --name "$name" --format "$format" "$@"; fi
}

make_work_folder() { WORK=$(mktemp -d) && chmod 700 "$WORK"; trap 'rm -rf "$WORK"' EXIT; trap 'exit 130' INT TERM; }

log_in() {
  say "log in, region $REGION, resource group $RESOURCE_GROUP"
  if [ -n "$KEY_FILE" ]; then
    [ -r "$KEY_FILE" ] || fail "the key file $KEY_FILE cannot be read"
    ibm login --quiet --apikey "@$KEY_FILE" -r "$REGION" -g "$RESOURCE_GROUP"
  else
    ibm target -r "$REGION" -g "$RESOURCE_GROUP" ||
      fail "log in first: ibmcloud login --sso, or name the API key's file in IBMCLOUD_API_KEY_FILE" 1
  fi
  for plugin in code-engine container-registry; do
    exists plugin show "$plugin" || ibm plugin install "$plugin" -f
  done
}

project() {
  say "project $PROJECT"
  if exists ce project get --name "$PROJECT"; then ibm ce project select --name "$PROJECT"; else ibm ce project create --name "$PROJECT"; fi
}

registry() {
  say "registry $REGISTRY/$NAMESPACE"
  ibm cr region-set "$REGION"
  ibm cr namespace-add -g "$RESOURCE_GROUP" "$NAMESPACE" # succeeds where it exists
  exists ce secret get --name "$APP-registry" && return
  [ -n "$KEY_FILE" ] ||
    fail "name the API key's file in IBMCLOUD_API_KEY_FILE: Code Engine needs the key once, to pull the image"
  ibm ce secret create --name "$APP-registry" --format registry --server "private.$REGISTRY" --username iamapikey \
    --password-from-json-file "$KEY_FILE"
}

secrets() {
  say "secrets"
  if [ -n "$SECRETS" ]; then # updated on every run
    [ -r "$SECRETS" ] || fail "the file of secrets $SECRETS cannot be read"
    upsert_secret "$APP-own" generic --from-env-file "$SECRETS"
  fi
  exists ce secret get --name "$APP-cookies" && return # created once: a new key would end every session
  printf 'NUMINK_SECRET_KEY=%s\n' "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" > "$WORK/cookies"
  ibm ce secret create --name "$APP-cookies" --format generic --from-env-file "$WORK/cookies"
}

cloudant() {
  [ -n "$CLOUDANT" ] || return 0
  say "Cloudant $CLOUDANT"
  exists resource service-instance "$CLOUDANT" || ibm resource service-instance-create "$CLOUDANT" cloudantnosqldb "$CLOUDANT_PLAN" "$REGION" \
    -p '{"legacyCredentials": false}'
  exists resource service-key "$CLOUDANT-$APP" || ibm resource service-key-create "$CLOUDANT-$APP" Manager --instance-name "$CLOUDANT"
}

# Sends only the files that .dockerignore lets through: the folder may hold data and keys.
image() {
  say "image $IMAGE"
  upsert build "$APP" --build-type local --strategy dockerfile --size medium --timeout 1200 --image "$IMAGE" --registry-secret "$APP-registry"
  mkdir "$WORK/source" "$WORK/source/deploy"
  cp -R "$ROOT/Dockerfile" "$ROOT/.dockerignore" "$ROOT/pyproject.toml" "$ROOT/README.md" "$ROOT/LICENSE" "$ROOT/src" "$WORK/source"
  cp "$ROOT/deploy/numink-job" "$ROOT/deploy/slim.py" "$WORK/source/deploy"
  find "$WORK/source" -name __pycache__ -prune -exec rm -r {} +
  ibm ce buildrun submit --build "$APP" --source "$WORK/source" --wait --wait-timeout 1500
}

app() {
  say "application $APP"
  set -- --image "$IMAGE" --registry-secret "$APP-registry" --port 8080 --user 10001 --cpu 1 --memory 2G --ephemeral-storage 400M \
    --min-scale 0 --max-scale "$MAX_SCALE" --concurrency 20 --scale-down-delay 120 --request-timeout 60 \
    --probe-ready type=http --probe-ready path=/readyz --probe-ready port=8080 --probe-ready interval=10 --probe-ready timeout=5 \
    --probe-live type=http --probe-live path=/healthz --probe-live port=8080 --probe-live interval=10 --probe-live timeout=5 \
    --probe-live failure-threshold=3 --env NUMINK_HOST=0.0.0.0 --env-from-secret "$APP-cookies"
  [ -z "$SECRETS" ] || set -- "$@" --env-from-secret "$APP-own"
  [ -z "$CLOUDANT" ] || set -- "$@" --env NUMINK_STORE=cloudant://numink
  [ -z "$DOMAIN" ] || set -- "$@" --env "NUMINK_URL=https://$DOMAIN"
  if [ -z "$CLOUDANT" ] || bound; then
    upsert app "$APP" "$@"
  else # it starts only once it is bound; the SDK reads CLOUDANT_URL and CLOUDANT_APIKEY, which the binding sets
    upsert app "$APP" "$@" --no-wait
    ibm ce app bind --name "$APP" --service-instance "$CLOUDANT" --service-credential "$CLOUDANT-$APP" --prefix CLOUDANT
  fi
}

bound() { [ -z "$DRY" ] && ibmcloud ce app get --name "$APP" 2>/dev/null | grep -qw -- "$CLOUDANT"; }

job() {
  say "job $APP-read"
  set -- --image "$IMAGE" --registry-secret "$APP-registry" --cpu 1 --memory 2G --ephemeral-storage 400M \
    --maxexecutiontime 7200 --retrylimit 2 --command numink-job
  if [ -n "$BUCKET" ]; then
    if ! exists ce secret get --name "$APP-bucket"; then # the command asks for the HMAC key at the terminal
      ibm ce secret create --name "$APP-bucket" --format hmac --access-key-id-prompt --secret-access-key-prompt
    fi
    exists ce persistentdatastore get --name "$APP-bucket" ||
      ibm ce persistentdatastore create --name "$APP-bucket" --cos-bucket-name "$BUCKET" --cos-access-secret "$APP-bucket"
    set -- "$@" --mount-data-store "/mnt/bucket=$APP-bucket"
  fi
  upsert job "$APP-read" "$@"
}

domain() {
  [ -n "$DOMAIN" ] || return 0
  say "domain $DOMAIN"
  for file in "$TLS_CERT" "$TLS_KEY"; do
    [ -r "$file" ] || fail "name the files of the certificate chain and of its private key in TLS_CERT and TLS_KEY"
  done
  upsert_secret "$APP-tls" tls --cert-chain-file "$TLS_CERT" --private-key-file "$TLS_KEY"
  if exists ce domainmapping get --domain-name "$DOMAIN"; then verb=update; else verb=create; fi
  ibm ce domainmapping "$verb" --domain-name "$DOMAIN" --target "$APP" --tls-secret "$APP-tls"
  say "now create a CNAME record for $DOMAIN with the target shown by" \
    "'ibmcloud ce domainmapping get --domain-name $DOMAIN'"
}

status() {
  ibm ce app get --name "$APP" --output url
  ibm ce job get --name "$APP-read"
}

remove() {
  say "remove the resources of numink in project $PROJECT"
  if [ -z "$DRY" ] && ! exists ce project get --name "$PROJECT"; then say "there is no project $PROJECT"; return 0; fi
  ibm ce project select --name "$PROJECT"
  [ -z "$DOMAIN" ] || ibm ce domainmapping delete --domain-name "$DOMAIN" --force --ignore-not-found
  ibm ce app delete --name "$APP" --force --ignore-not-found --wait
  ibm ce job delete --name "$APP-read" --force --ignore-not-found
  ibm ce build delete --name "$APP" --force --ignore-not-found
  [ -z "$BUCKET" ] || ibm ce persistentdatastore delete --name "$APP-bucket" --force --ignore-not-found
  for secret in cookies own registry bucket tls; do
    ibm ce secret delete --name "$APP-$secret" --force --ignore-not-found
  done
  [ "${1:-}" != --project ] || ibm ce project delete --name "$PROJECT" --force
  say "kept: the images in $REGISTRY/$NAMESPACE, the bucket and the history in Cloudant:" \
    "delete them yourself if you no longer need them"
}

if [ "${1:-}" = --dry-run ]; then DRY=yes; shift; fi
[ -n "$DRY" ] || command -v ibmcloud >/dev/null ||
  fail "there is no ibmcloud: install the IBM Cloud CLI, or use --dry-run" 1
action=${1:-}
[ $# = 0 ] || shift
case $action in
deploy) make_work_folder; log_in; project; registry; secrets; cloudant; image; app; job; domain; status ;;
run)
  [ $# -ge 2 ] || fail "name two folders of the bucket: one with the pictures, one for the readings"
  log_in; project
  ibm ce jobrun submit --job "$APP-read" --array-indexes "0-$((${3:-1} - 1))" --argument "/mnt/bucket/$1" --argument "/mnt/bucket/$2" --wait
  ;;
status) log_in; project; status ;;
remove) log_in; remove "$@" ;;
*) sed -n '2,/^set -eu/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
esac
