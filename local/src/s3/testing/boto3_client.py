"""Uploads, lists, downloads and deletes with boto3, and fails at the first thing that is not as it was."""

import io
import os
import sys

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1024 * 1024

endpoint, access_key_id, secret_access_key, region = sys.argv[1:]
s3 = boto3.client(
    "s3",
    endpoint_url=endpoint,
    aws_access_key_id=access_key_id,
    aws_secret_access_key=secret_access_key,
    region_name=region,
    config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
)
bucket = "boto3"
s3.create_bucket(Bucket=bucket)

small_key = "drops/a b+ü 猫/(1) 'x'%2F~.txt"
s3.put_object(Bucket=bucket, Key=small_key, Body=b"hello", ContentType="text/plain", Metadata={"a": "1"})
small = s3.get_object(Bucket=bucket, Key=small_key)
assert small["Body"].read() == b"hello"
assert (small["ContentType"], small["Metadata"]) == ("text/plain", {"a": "1"})

# Above the threshold boto3 sends parts, here from several threads at once.
large = os.urandom(12 * MIB + 1)
parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=3)
s3.upload_fileobj(io.BytesIO(large), bucket, "large.bin", Config=parts)
received = io.BytesIO()
s3.download_fileobj(bucket, "large.bin", received, Config=parts)
assert received.getvalue() == large
assert s3.head_object(Bucket=bucket, Key="large.bin")["ETag"].endswith('-3"')

s3.copy({"Bucket": bucket, "Key": "large.bin"}, bucket, "copies/large.bin", Config=parts)
assert s3.get_object(Bucket=bucket, Key="copies/large.bin", Range="bytes=-5")["Body"].read() == large[-5:]

pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
keys = [entry["Key"] for page in pages for entry in page["Contents"]]
assert keys == ["copies/large.bin", small_key, "large.bin"], keys
folded = s3.list_objects(Bucket=bucket, Delimiter="/")
assert [entry["Prefix"] for entry in folded["CommonPrefixes"]] == ["copies/", "drops/"]

s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
try:
    s3.get_object(Bucket=bucket, Key=small_key)
    raise AssertionError("a deleted object was read")
except ClientError as error:
    assert error.response["Error"]["Code"] == "NoSuchKey", error
s3.delete_bucket(Bucket=bucket)
print("ok", boto3.__version__)
